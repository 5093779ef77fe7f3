package io.steelyard.api.text;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A variable that a configuration makes out of others, by the rules of nginx's modules of the same names. */
public sealed interface VariableDefinition {
    /** The lower-case name, without the {@code $}. */
    String name();

    /**
     * Picks a value by text: the exact key, else the longest {@code *.suffix}, else the longest {@code prefix.*}, else the first regular
     * expression that matches, else the default. Keys that are no regular expression match whatever the case.
     *
     * @param source the text looked up
     * @param defaultValue the value where no rule matches
     * @param rules in file order; no key appears twice
     * @param isVolatile whether it is worked out anew at each use rather than once for a connection
     */
    record TextMap(String name, Template source, Template defaultValue, List<Rule> rules, boolean isVolatile)
            implements VariableDefinition {
        public TextMap {
            name = lowerCase(name);
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(defaultValue, "defaultValue");
            rules = List.copyOf(rules);
        }

        /** Whether keys may be host names with wildcards, so that a dot at the end of the source does not count. */
        public boolean hasHostNames() {
            return rules.stream().anyMatch(rule -> rule.kind() == Kind.HOST_NAME);
        }
    }

    /** How the key of a {@link Rule} is read. */
    enum Kind {
        /** The whole text. */
        EXACT,
        /** A host name: exact, {@code *.suffix}, {@code .suffix} (the suffix itself too) or {@code prefix.*}. */
        HOST_NAME,
        /** A regular expression that need not match the whole; its groups are variables of the value. */
        REGEX,
        /** As {@link #REGEX}, whatever the case. */
        REGEX_IGNORING_CASE
    }

    /**
     * One line of a map.
     *
     * @param key what the source is compared with
     * @param value may name the groups of the regular expression as {@code $1} to {@code $9} or by name
     */
    record Rule(Kind kind, String key, Template value) {
        public Rule {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Picks a value by address: that of the smallest range the address lies in. Text that is no address counts as 255.255.255.255, an IPv4
     * address mapped into IPv6 as the IPv4 one.
     *
     * @param address the text that is an address
     * @param defaultValue where no range has the address
     * @param ranges no two of them alike
     */
    record Geo(String name, Template address, String defaultValue, List<Range> ranges) implements VariableDefinition {
        public Geo {
            name = lowerCase(name);
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(defaultValue, "defaultValue");
            ranges = List.copyOf(ranges);
        }
    }

    /**
     * Addresses in a row.
     *
     * @param first of the same family as {@code last}, and not above it
     * @param last included
     */
    record Range(InetAddress first, InetAddress last, String value) {
        public Range {
            Objects.requireNonNull(value, "value");
            var from = first.getAddress();
            var to = last.getAddress();
            if (from.length != to.length || java.util.Arrays.compareUnsigned(from, to) > 0) {
                throw new IllegalArgumentException(
                        first.getHostAddress() + "-" + last.getHostAddress() + " is not a range of addresses");
            }
        }
    }

    /**
     * Picks a value by a share of all keys: the key's MurmurHash2 says where in the shares it lies.
     *
     * @param key the text hashed
     * @param shares in file order; a key beyond all of them gets an empty value
     */
    record Split(String name, Template key, List<Share> shares) implements VariableDefinition {
        public Split {
            name = lowerCase(name);
            Objects.requireNonNull(key, "key");
            shares = List.copyOf(shares);
            if (shares.stream()
                            .mapToInt(Share::hundredths)
                            .filter(share -> share != Share.REST)
                            .sum()
                    > 10_000) {
                throw new IllegalArgumentException("split " + name + " gives away more than 100 %");
            }
        }
    }

    /**
     * A part of all keys.
     *
     * @param hundredths of a per cent, 1 to 10000; {@link #REST} for all keys that are left
     */
    record Share(int hundredths, String value) {
        /** All keys that no other share has. */
        public static final int REST = -1;

        public Share {
            if (hundredths != REST && (hundredths < 1 || hundredths > 10_000)) {
                throw new IllegalArgumentException(
                        "share is " + hundredths + " hundredths of a per cent, expected 1 to 10000");
            }
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Works a value out anew at each use, in a language that a plug-in brings ({@link io.steelyard.api.http.ExpressionLanguage}). Empty
     * for what is no HTTP request.
     *
     * @param language the plug-in's name
     * @param text in that language
     */
    record Computed(String name, String language, String text) implements VariableDefinition {
        public Computed {
            name = lowerCase(name);
            Objects.requireNonNull(language, "language");
            Objects.requireNonNull(text, "text");
        }
    }

    private static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}

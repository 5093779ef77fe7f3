package io.steelyard.config.keepalived;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the arguments of keywords; what is wrong with them is told and left out. */
final class Values {
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);

    private final Findings findings;

    Values(Findings findings) {
        this.findings = findings;
    }

    /** The only argument. */
    Optional<Word> one(Entry entry) {
        if (entry.arguments().size() == 1) {
            return Optional.of(entry.arguments().getFirst());
        }
        wrongCount(entry, "one argument");
        return Optional.empty();
    }

    void wrongCount(Entry entry, String expected) {
        int count = entry.arguments().size();
        findings.error(
                entry.position(),
                "'" + entry.keyword() + "' has "
                        + (count == 0 ? "no argument" : count + (count == 1 ? " argument" : " arguments")),
                expected);
    }

    OptionalInt number(Entry entry, int least, int most) {
        var word = one(entry);
        return word.isEmpty() ? OptionalInt.empty() : number(word.get(), entry.keyword(), least, most);
    }

    OptionalInt number(Word word, String what, int least, int most) {
        var text = word.text();
        var digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        if (!digits.isEmpty() && digits.length() < 10 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return OptionalInt.of(value);
            }
        }
        findings.error(word.position(), what + " is '" + text + "'", "a whole number from " + least + " to " + most);
        return OptionalInt.empty();
    }

    /** A number of seconds with up to nine decimals. */
    Optional<Duration> seconds(Entry entry, double least, double most) {
        return one(entry).flatMap(word -> seconds(word, entry.keyword(), least, most));
    }

    Optional<Duration> seconds(Word word, String what, double least, double most) {
        var text = word.text();
        boolean isNumber = text.length() < 20
                && !text.isEmpty()
                && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.')
                && text.chars().filter(c -> c == '.').count() <= 1
                && !text.equals(".");
        if (isNumber) {
            var value = new BigDecimal(text.startsWith(".") ? "0" + text : text);
            if (value.doubleValue() >= least && value.doubleValue() <= most) {
                return Optional.of(Duration.ofNanos(value.multiply(NANOS).longValue()));
            }
        }
        findings.error(
                word.position(), what + " is '" + text + "'", "seconds from " + plain(least) + " to " + plain(most));
        return Optional.empty();
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Without an argument it is true. */
    boolean truth(Entry entry) {
        if (entry.arguments().isEmpty()) {
            return true;
        }
        var word = entry.arguments().getFirst();
        return switch (word.text()) {
            case "true", "on", "yes" -> true;
            case "false", "off", "no" -> false;
            default -> {
                findings.error(
                        word.position(),
                        "'" + word + "' stands behind '" + entry.keyword() + "'",
                        "on, off or nothing");
                yield true;
            }
        };
    }

    Optional<InetAddress> address(Entry entry) {
        return one(entry).flatMap(this::address);
    }

    Optional<InetAddress> address(Word word) {
        try {
            return Optional.of(ServerAddress.numericAddress(word.text()));
        } catch (IllegalArgumentException wrong) {
            findings.error(word.position(), "'" + word + "' is no address", "an IPv4 or IPv6 address");
            return Optional.empty();
        }
    }

    /** The first argument as a name; the others are told. */
    Optional<String> name(Entry entry) {
        return one(entry).map(Word::text);
    }
}

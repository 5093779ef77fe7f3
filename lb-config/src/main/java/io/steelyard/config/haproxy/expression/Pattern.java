package io.steelyard.config.haproxy.expression;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessRule;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;

/** One value an ACL compares samples with. Immutable. */
public sealed interface Pattern {
    /** Whether a sample, already cast to what the method compares, is matched. */
    boolean matches(Sample sample);

    /** From {@code least} to {@code most}; of a number, or of the length of a text. */
    record Range(long least, long most, boolean isLength) implements Pattern {
        @Override
        public boolean matches(Sample sample) {
            long value;
            if (isLength) {
                value = sample.text().length();
            } else if (sample.as(Sample.Type.SINT).orElse(null) instanceof Sample.Sint number) {
                value = number.value();
            } else {
                return false;
            }
            return value >= least && value <= most;
        }
    }

    /** A network or a single address; an IPv4 address mapped into IPv6 is the IPv4 one. */
    record Network(AccessRule network) implements Pattern {
        @Override
        public boolean matches(Sample sample) {
            return sample instanceof Sample.Addr address && network.matches(address.value());
        }
    }

    /** Any pattern of a file. */
    record File(PatternIndex index) implements Pattern {
        @Override
        public boolean matches(Sample sample) {
            return index.find(sample) != null;
        }
    }

    /** The same bytes. */
    record Bytes(Sample.Binary bytes) implements Pattern {
        @Override
        public boolean matches(Sample sample) {
            return bytes.equals(sample);
        }
    }

    /** Text compared by one of the methods for text. */
    record Text(String text, MatchMethod method, boolean ignoresCase) implements Pattern {
        public Text {
            text = ignoresCase ? text.toLowerCase(Locale.ROOT) : text;
        }

        @Override
        public boolean matches(Sample sample) {
            var value = ignoresCase ? sample.text().toLowerCase(Locale.ROOT) : sample.text();
            return switch (method) {
                case BEG -> value.startsWith(text);
                case END -> value.endsWith(text);
                case SUB -> value.contains(text);
                case DIR -> hasPart(value, "/?");
                case DOM -> hasPart(value, "/?.:");
                default -> value.equals(text);
            };
        }

        /** Whether the text stands in the value between delimiters or its ends; delimiters at the text's own ends do not count. */
        private boolean hasPart(String value, String delimiters) {
            int from = 0;
            int to = text.length();
            while (from < to && delimiters.indexOf(text.charAt(from)) >= 0) {
                from++;
            }
            while (to > from && delimiters.indexOf(text.charAt(to - 1)) >= 0) {
                to--;
            }
            var part = text.substring(from, to);
            if (part.isEmpty()) {
                return false;
            }
            for (int at = value.indexOf(part); at >= 0; at = value.indexOf(part, at + 1)) {
                int end = at + part.length();
                boolean isWhole = (at == 0 || delimiters.indexOf(value.charAt(at - 1)) >= 0)
                        && (end == value.length() || delimiters.indexOf(value.charAt(end)) >= 0);
                if (isWhole) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A regular expression. */
    record Regex(java.util.regex.Pattern expression) implements Pattern {
        @Override
        public boolean matches(Sample sample) {
            return expression.matcher(sample.text()).find();
        }
    }

    /**
     * Reads a pattern.
     *
     * @param operator eq, ge, gt, le or lt for numbers
     * @throws IllegalArgumentException with what was expected
     */
    static Pattern read(String text, MatchMethod method, String operator, boolean ignoresCase) {
        return switch (method) {
            case INT, LEN -> range(text, operator, method == MatchMethod.LEN);
            case IP -> new Network(network(text));
            case BIN -> new Bytes(new Sample.Binary(HexFormat.of().parseHex(text)));
            case REG -> new Regex(regex(text, ignoresCase));
            case FOUND, BOOL -> throw new IllegalArgumentException("no value where truth is asked for");
            default ->
                new Text(
                        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                        method,
                        ignoresCase);
        };
    }

    private static java.util.regex.Pattern regex(String text, boolean ignoresCase) {
        try {
            return java.util.regex.Pattern.compile(text, ignoresCase ? java.util.regex.Pattern.CASE_INSENSITIVE : 0);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException("a regular expression (" + wrong.getDescription() + ")", wrong);
        }
    }

    private static AccessRule network(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || text.indexOf('.', slash) < 0) {
            return AccessRule.parse(true, text);
        }
        int mask = java.nio.ByteBuffer.wrap(
                        ServerAddress.numericAddress(text.substring(slash + 1)).getAddress())
                .getInt();
        int prefix = Integer.bitCount(mask);
        if (prefix < 32 && mask != -1 << 32 - prefix && !(prefix == 0 && mask == 0)) {
            throw new IllegalArgumentException("a mask whose bits are in a row");
        }
        return AccessRule.parse(true, text.substring(0, slash) + "/" + prefix);
    }

    private static Range range(String text, String operator, boolean isLength) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            long value = number(text);
            return switch (operator) {
                case "ge" -> new Range(value, Long.MAX_VALUE, isLength);
                case "gt" -> new Range(Math.addExact(value, 1), Long.MAX_VALUE, isLength);
                case "le" -> new Range(Long.MIN_VALUE, value, isLength);
                case "lt" -> new Range(Long.MIN_VALUE, Math.subtractExact(value, 1), isLength);
                default -> new Range(value, value, isLength);
            };
        }
        if (!operator.equals("eq")) {
            throw new IllegalArgumentException("no range behind " + operator);
        }
        var from = text.substring(0, colon);
        var to = text.substring(colon + 1);
        return new Range(
                from.isEmpty() ? Long.MIN_VALUE : number(from), to.isEmpty() ? Long.MAX_VALUE : number(to), isLength);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("a number, or a range such as 1:10", wrong);
        }
    }
}

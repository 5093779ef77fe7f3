package io.steelyard.config.haproxy.expression;

import static io.steelyard.config.haproxy.expression.Sample.Type.ADDR;
import static io.steelyard.config.haproxy.expression.Sample.Type.BIN;
import static io.steelyard.config.haproxy.expression.Sample.Type.BOOL;
import static io.steelyard.config.haproxy.expression.Sample.Type.SINT;
import static io.steelyard.config.haproxy.expression.Sample.Type.STR;

import io.steelyard.config.haproxy.expression.Sample.Type;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import java.util.function.UnaryOperator;

/** The converters that are known. */
public final class Converters {
    private static final Map<String, Converter> ALL = new LinkedHashMap<>();

    static {
        numbers();
        texts();
        parts();
        encodings();
        add("ipmask", ADDR, ADDR, 1, 2, Masks::apply);
        // What 'http-request normalize-uri' is made of; no converter of HAProxy.
        add(
                "normalize-uri",
                STR,
                STR,
                1,
                2,
                (sample, arguments) -> NormalizedUri.of(sample.text(), arguments.getFirst(), arguments.size() > 1)
                        .map(Sample.Str::new));
        MapConverters.forEach(ALL::put);
        Hashes.forEach((name, hash) -> add(name, BIN, SINT, 0, 1, hash));
        // Tables are asked where the expression is worked out.
        CounterSamples.converters().forEach(converter -> ALL.put(converter.name(), converter));
    }

    private Converters() {}

    /** The converter of a name. */
    public static Optional<Converter> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** Every name. */
    public static Set<String> names() {
        return ALL.keySet();
    }

    private static void numbers() {
        arithmetic("add", Converters::saturatedAdd);
        arithmetic(
                "sub",
                (a, b) -> b == Long.MIN_VALUE ? saturatedAdd(saturatedAdd(a, Long.MAX_VALUE), 1) : saturatedAdd(a, -b));
        arithmetic("mul", Converters::saturatedMultiply);
        arithmetic(
                "div",
                (a, b) -> b == 0
                        ? a > 0 ? Long.MAX_VALUE : a < 0 ? Long.MIN_VALUE : 0
                        : b == -1 ? saturatedMultiply(a, -1) : a / b);
        arithmetic("mod", (a, b) -> b == 0 || b == -1 ? 0 : a % b);
        arithmetic("and", (a, b) -> a & b);
        arithmetic("or", (a, b) -> a | b);
        arithmetic("xor", (a, b) -> a ^ b);
        number("neg", value -> value == Long.MIN_VALUE ? Long.MAX_VALUE : -value);
        number("cpl", value -> ~value);
        truth("not", value -> value == 0);
        truth("bool", value -> value != 0);
        truth("even", value -> (value & 1) == 0);
        truth("odd", value -> (value & 1) == 1);
        add(
                "iif",
                BOOL,
                STR,
                2,
                2,
                (sample, arguments) ->
                        Optional.of(new Sample.Str(arguments.get(((Sample.Bool) sample).value() ? 0 : 1))));
    }

    private static void texts() {
        text("lower", text -> text.toLowerCase(Locale.ROOT));
        text("upper", text -> text.toUpperCase(Locale.ROOT));
        text("cut_crlf", text -> text.replaceFirst("[\r\n].*", ""));
        text("host_only", Converters::host);
        add(
                "url_dec",
                STR,
                STR,
                0,
                1,
                (sample, arguments) -> Optional.of(new Sample.Str(UrlText.decode(sample.text()))));
        add(
                "url_enc",
                STR,
                STR,
                0,
                1,
                (sample, arguments) -> Optional.of(new Sample.Str(UrlText.encode(sample.text()))));
        add(
                "length",
                STR,
                SINT,
                0,
                0,
                (sample, arguments) -> Optional.of(new Sample.Sint(sample.text().length())));
        add(
                "ltrim",
                STR,
                STR,
                1,
                1,
                (sample, arguments) -> Optional.of(new Sample.Str(trimmed(sample.text(), arguments.getFirst(), true))));
        add(
                "rtrim",
                STR,
                STR,
                1,
                1,
                (sample, arguments) ->
                        Optional.of(new Sample.Str(trimmed(sample.text(), arguments.getFirst(), false))));
        add(
                "strcmp",
                STR,
                SINT,
                1,
                1,
                (sample, arguments) -> Optional.of(new Sample.Sint(sample.text().compareTo(arguments.getFirst()))));
        add("concat", STR, STR, 1, 3, (sample, arguments) -> {
            // Variables stand here by their values.
            return Optional.of(new Sample.Str(sample.text() + String.join("", arguments)));
        });
        add("port_only", STR, SINT, 0, 0, (sample, arguments) -> {
            var port = sample.text().replaceFirst("^.*[^0-9]", "");
            boolean hasPort = sample.text().lastIndexOf(':') > sample.text().lastIndexOf(']');
            return Optional.of(
                    new Sample.Sint(hasPort && !port.isEmpty() && port.length() < 6 ? Long.parseLong(port) : 0));
        });
    }

    private static void parts() {
        add("field", STR, STR, 2, 3, Parts::field);
        add("word", STR, STR, 2, 3, Parts::word);
        add("bytes", BIN, BIN, 1, 2, Parts::bytes);
        add("regsub", STR, STR, 2, 3, Parts::substitute);
    }

    private static void encodings() {
        add(
                "hex",
                BIN,
                STR,
                0,
                0,
                (sample, arguments) -> Optional.of(
                        new Sample.Str(HexFormat.of().withUpperCase().formatHex(bytes(sample)))));
        add(
                "hex2i",
                STR,
                SINT,
                0,
                0,
                (sample, arguments) -> parsed(sample.text(), text -> Long.parseUnsignedLong(text, 16))
                        .map(Sample.Sint::new));
        add(
                "base64",
                BIN,
                STR,
                0,
                0,
                (sample, arguments) ->
                        Optional.of(new Sample.Str(Base64.getEncoder().encodeToString(bytes(sample)))));
        add(
                "b64dec",
                STR,
                BIN,
                0,
                0,
                (sample, arguments) ->
                        parsed(sample.text(), Base64.getDecoder()::decode).map(Sample.Binary::new));
        add(
                "ub64enc",
                BIN,
                STR,
                0,
                0,
                (sample, arguments) -> Optional.of(
                        new Sample.Str(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(sample)))));
        add(
                "ub64dec",
                STR,
                BIN,
                0,
                0,
                (sample, arguments) ->
                        parsed(sample.text(), Base64.getUrlDecoder()::decode).map(Sample.Binary::new));
        add(
                "sha1",
                BIN,
                BIN,
                0,
                0,
                (sample, arguments) -> Optional.of(new Sample.Binary(digest("SHA-1", bytes(sample)))));
        add("sha2", BIN, BIN, 0, 1, (sample, arguments) -> {
            var bits = arguments.isEmpty() ? "256" : arguments.getFirst();
            if (!Set.of("224", "256", "384", "512").contains(bits)) {
                throw new IllegalArgumentException("sha2 has 224, 256, 384 or 512 bits and not '" + bits + "'");
            }
            return Optional.of(new Sample.Binary(digest("SHA-" + bits, bytes(sample))));
        });
    }

    private static byte[] digest(String name, byte[] data) {
        try {
            return java.security.MessageDigest.getInstance(name).digest(data);
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <T> Optional<T> parsed(String text, Function<String, T> read) {
        try {
            return Optional.of(read.apply(text));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    static byte[] bytes(Sample sample) {
        return sample instanceof Sample.Binary binary
                ? binary.value()
                : sample.text().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A host without the port behind it; an IPv6 address keeps its brackets. */
    private static String host(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.lastIndexOf(':');
        boolean isWhole = end <= 0 || !text.startsWith("[") && text.indexOf(':') != end;
        return isWhole ? text : text.substring(0, end);
    }

    private static String trimmed(String text, String characters, boolean isLeft) {
        int from = 0;
        int to = text.length();
        while (isLeft && from < to && characters.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (!isLeft && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(from, to);
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        if (((a ^ sum) & (b ^ sum)) < 0) {
            return a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return sum;
    }

    private static long saturatedMultiply(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        if (high == 0 && low >= 0 || high == -1 && low < 0) {
            return low;
        }
        return (a < 0) == (b < 0) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    private static void arithmetic(String name, LongBinaryOperator operator) {
        add(name, SINT, SINT, 1, 1, (sample, arguments) -> {
            try {
                if (Variables.isName(arguments.getFirst())) {
                    // A name stands here only where the expression is checked.
                    return Optional.of(sample);
                }
                long other = Long.parseLong(arguments.getFirst());
                return Optional.of(new Sample.Sint(operator.applyAsLong(((Sample.Sint) sample).value(), other)));
            } catch (NumberFormatException wrong) {
                throw new IllegalArgumentException(
                        name + "(" + arguments.getFirst() + ") is not with a number or a variable", wrong);
            }
        });
    }

    private static void number(String name, java.util.function.LongUnaryOperator operator) {
        add(
                name,
                SINT,
                SINT,
                0,
                0,
                (sample, arguments) ->
                        Optional.of(new Sample.Sint(operator.applyAsLong(((Sample.Sint) sample).value()))));
    }

    private static void truth(String name, java.util.function.LongPredicate test) {
        add(
                name,
                SINT,
                BOOL,
                0,
                0,
                (sample, arguments) -> Optional.of(new Sample.Bool(test.test(((Sample.Sint) sample).value()))));
    }

    private static void text(String name, UnaryOperator<String> change) {
        add(name, STR, STR, 0, 0, (sample, arguments) -> Optional.of(new Sample.Str(change.apply(sample.text()))));
    }

    private static void add(String name, Type in, Type out, int least, int most, Converter.Work work) {
        ALL.put(name, new Converter(name, Optional.of(in), Optional.of(out), least, most, work));
    }

    /** An argument that is a whole number. */
    static int integer(String name, List<String> arguments, int index) {
        try {
            return Integer.parseInt(arguments.get(index));
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(
                    "argument " + (index + 1) + " of " + name + " is '" + arguments.get(index) + "', expected a number",
                    wrong);
        }
    }
}

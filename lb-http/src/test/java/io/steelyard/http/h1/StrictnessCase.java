package io.steelyard.http.h1;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.RequestHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A raw request, and the statuses it is answered with: by us, by nginx and by HAProxy as shipped with Debian 12, each in front of a server
 * that answers 200. {@code none} means closed after an answer without a head, as HTTP/0.9 has it.
 *
 * <p>{@code strictness.tsv} has a line for each: name, ours, nginx's, HAProxy's, and the bytes, in which {@code \r \n \t \xHH \\} are escapes,
 * {@code @R90@} is 90 letters and {@code @F90@} 90 header fields.
 */
record StrictnessCase(String name, String ours, String nginx, String haproxy, byte[] request) {
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|.)");
    private static final Pattern REPEAT = Pattern.compile("@([RF])(\\d+)@");

    static List<StrictnessCase> all() {
        try (var in = Objects.requireNonNull(StrictnessCase.class.getResourceAsStream("strictness.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(StrictnessCase::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StrictnessCase parse(String line) {
        var columns = line.split("\t", -1);
        return new StrictnessCase(columns[0], columns[1], columns[2], columns[3], bytes(columns[4]));
    }

    private static byte[] bytes(String escaped) {
        var repeated = REPEAT.matcher(escaped).replaceAll(StrictnessCase::repeat);
        var out = new ByteArrayOutputStream();
        var matcher = ESCAPE.matcher(repeated);
        int at = 0;
        while (matcher.find()) {
            out.writeBytes(Parsed.bytes(repeated.substring(at, matcher.start())));
            var code = matcher.group(1);
            out.write(
                    switch (code.charAt(0)) {
                        case 'r' -> '\r';
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case '\\' -> '\\';
                        default -> Integer.parseInt(code.substring(1), 16);
                    });
            at = matcher.end();
        }
        out.writeBytes(Parsed.bytes(repeated.substring(at)));
        return out.toByteArray();
    }

    private static String repeat(MatchResult match) {
        int count = Integer.parseInt(match.group(2));
        if (match.group(1).equals("R")) {
            return "a".repeat(count);
        }
        var fields = new StringBuilder();
        for (int i = 0; i < count; i++) {
            fields.append("X-").append(i).append(": a\\r\\n");
        }
        return Matcher.quoteReplacement(fields.toString());
    }

    /** What a proxy of ours answers: the status of the violation in head or body, or the server's 200. */
    String answer(Leniency leniency) {
        var parser = new RequestParser(HttpLimits.DEFAULT, leniency);
        var head = new RequestHead();
        parser.begin(head);
        var in = ByteBuffer.wrap(request);
        var result = parser.parse(in);
        if (result == ParseResult.REJECTED) {
            return Integer.toString(parser.violation().status());
        }
        if (result == ParseResult.NEED_MORE) {
            return "408";
        }
        return switch (parser.framing().kind()) {
            case LENGTH -> in.remaining() < parser.framing().length() ? "408" : "200";
            case CHUNKED -> chunkedAnswer(in, leniency);
            case NONE, UNTIL_CLOSE, TUNNEL -> "200";
        };
    }

    private static String chunkedAnswer(ByteBuffer in, Leniency leniency) {
        var decoder = new ChunkDecoder(HttpLimits.DEFAULT, leniency);
        decoder.begin(new FieldBlock());
        ChunkDecoder.Step step;
        do {
            step = decoder.next(in);
        } while (step == ChunkDecoder.Step.DATA);
        return switch (step) {
            case NEED_MORE -> "408";
            case REJECTED -> Integer.toString(decoder.violation().status());
            case COMPLETE, DATA -> "200";
        };
    }

    static boolean isTaken(String answer) {
        return answer.startsWith("2") || answer.equals("none");
    }

    @Override
    public String toString() {
        return name;
    }
}

package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.h1.BodyFraming.Kind;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.message.Violation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What holds for any bytes: parsers do not throw, pieces do not matter, and what was taken, however leniently, is the same message once it is
 * written anew, with nothing left that a strict parser would refuse.
 */
final class RoundTrip {
    private static final Leniency LENIENT = Leniency.of(Relaxation.values());
    /** What of a lenient request is passed on as it is: its path and its method. */
    private static final Leniency PASSED_ON = Leniency.of(
            Relaxation.TRACE,
            Relaxation.CONNECT,
            Relaxation.NON_ASCII_TARGET,
            Relaxation.BACKSLASH_IN_PATH,
            Relaxation.ADJACENT_SLASHES,
            Relaxation.BAD_PERCENT_IN_PATH,
            Relaxation.UNDERSCORE_IN_NAME);

    private static final Set<String> NEVER_PASSED = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-authentication-info",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "content-length",
            "host");

    private RoundTrip() {}

    /** Checks a request; the result says whether it was taken by a strict parser. */
    static boolean request(byte[] bytes) {
        request(bytes, LENIENT);
        return request(bytes, Leniency.strict());
    }

    private static boolean request(byte[] bytes, Leniency leniency) {
        if (bytes.length == 0) {
            return false;
        }
        var first = Parsed.inPieces(bytes, leniency, HttpLimits.DEFAULT, bytes.length, 1);
        var pieces = Parsed.inPieces(bytes, leniency, HttpLimits.DEFAULT, 1, 7);
        if (first.result() != ParseResult.REJECTED || pieces.result() != ParseResult.NEED_MORE) {
            assertThat(pieces.summary()).isEqualTo(first.summary());
        }
        if (first.result() != ParseResult.COMPLETE) {
            return false;
        }
        var head = first.head();
        var edits = new HeadEdits();
        if (!head.hasHost()) {
            edits.set(FieldName.HOST, "none.example");
        }
        var written = write(first, edits);
        var again = Parsed.of(written, leniency == LENIENT ? PASSED_ON : Leniency.strict(), roomy());
        assertThat(again.violation()).as(written).isEqualTo(Violation.NONE);
        assertThat(again.result()).as(written).isEqualTo(ParseResult.COMPLETE);
        assertThat(again.rest()).isEmpty();
        assertThat(again.head().methodText()).isEqualTo(head.methodText());
        assertThat(again.head().target()).isEqualTo(forwarded(head));
        assertThat(again.head().normalPath()).isEqualTo(head.normalPath());
        assertThat(again.head().query()).isEqualTo(head.query());
        if (head.hasHost()) {
            assertThat(again.head().host()).isEqualTo(head.host());
        }
        var expected = new ArrayList<>(passed(head.fields()));
        if (head.version() == HttpVersion.HTTP_1_0) {
            expected.removeIf(field -> field.toLowerCase(Locale.ROOT).startsWith("expect:"));
        }
        assertThat(passed(again.head().fields())).isEqualTo(expected);
        assertThat(again.framing().kind()).isEqualTo(first.framing().kind());
        assertThat(again.framing().length()).isEqualTo(first.framing().length());
        assertThat(write(again, new HeadEdits())).isEqualTo(written);
        return true;
    }

    private static HttpLimits roomy() {
        return HttpLimits.DEFAULT.withHead(20_000, 40_000, 40_000, 200);
    }

    private static String forwarded(RequestHead head) {
        int start = head.forwardStart();
        return Parsed.text(Arrays.copyOfRange(head.fields().bytes(), start, head.forwardEnd()));
    }

    private static String write(Parsed parsed, HeadEdits edits) {
        var writer = new HeadWriter();
        var framing = parsed.framing();
        int length = writer.request(
                parsed.head(), edits, HttpVersion.HTTP_1_1, framing.kind(), framing.length(), ConnectionOption.NONE);
        return drained(writer, length);
    }

    private static String drained(HeadWriter writer, int length) {
        var out = ByteBuffer.allocate(length);
        assertThat(writer.drainTo(out)).isTrue();
        return Parsed.text(out.array());
    }

    /** The fields that a proxy passes on, worked out with strings. */
    private static List<String> passed(FieldBlock fields) {
        var named = new ArrayList<String>();
        for (int i = 0; i < fields.count(); i++) {
            if (fields.name(i).equalsIgnoreCase("connection")) {
                for (var option : fields.value(i).split(",", -1)) {
                    named.add(option.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        var passed = new ArrayList<String>();
        for (int i = 0; i < fields.count(); i++) {
            var name = fields.name(i).toLowerCase(Locale.ROOT);
            boolean nominated = named.contains(name) && FieldName.of(name).id() == FieldName.UNKNOWN;
            boolean known = named.contains(name) && FieldName.of(name).id() != FieldName.UNKNOWN;
            if (!NEVER_PASSED.contains(name) && !known && (!nominated || name.startsWith("x-forwarded-"))) {
                passed.add(fields.name(i) + ": " + fields.value(i));
            }
        }
        return passed;
    }

    /** Checks a response; the result says whether it was taken. */
    static boolean response(byte[] bytes, Method method, boolean upgradeRequested) {
        if (bytes.length == 0) {
            return false;
        }
        var head = new ResponseHead();
        var parser = new ResponseParser();
        var result = parse(parser, head, bytes, method, upgradeRequested, bytes.length);
        var violation = parser.violation();
        var kind = parser.framing().kind();
        long length = parser.framing().length();
        var piecesParser = new ResponseParser();
        var pieces = new ResponseHead();
        var piecesResult = parse(piecesParser, pieces, bytes, method, upgradeRequested, 5);
        if (result != ParseResult.REJECTED || piecesResult != ParseResult.NEED_MORE) {
            assertThat(piecesResult + " " + piecesParser.violation()).isEqualTo(result + " " + violation);
        }
        if (result != ParseResult.COMPLETE) {
            return false;
        }
        assertThat(pieces).hasToString(head.toString());
        var writer = new HeadWriter();
        var option = kind == Kind.TUNNEL && head.status() == 101 ? ConnectionOption.UPGRADE : ConnectionOption.NONE;
        var written = drained(writer, writer.response(head, kind, length, option));
        var again = new ResponseHead();
        var againResult = parse(parser, again, Parsed.bytes(written), method, upgradeRequested, written.length());
        assertThat(againResult).as(written + parser.violation()).isEqualTo(ParseResult.COMPLETE);
        assertThat(again.status()).isEqualTo(head.status());
        assertThat(again.reason()).isEqualTo(head.reason());
        assertThat(passed(again.fields())).isEqualTo(passed(head.fields()));
        assertThat(parser.framing().kind()).isEqualTo(kind);
        assertThat(parser.framing().length()).isEqualTo(length);
        return true;
    }

    private static ParseResult parse(
            ResponseParser parser, ResponseHead head, byte[] bytes, Method method, boolean upgradeRequested, int size) {
        parser.begin(head, method, upgradeRequested);
        var result = ParseResult.NEED_MORE;
        for (int at = 0; at < bytes.length && result == ParseResult.NEED_MORE; at += size) {
            result = parser.parse(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at)));
        }
        return result;
    }

    /** Checks a chunked body; the result says whether it was taken. */
    static boolean chunks(byte[] bytes) {
        var body = Parsed.text(bytes);
        var whole = ChunkDecoderTest.Decoded.of(body);
        var pieces = ChunkDecoderTest.Decoded.of(body, Leniency.strict(), HttpLimits.DEFAULT, 3);
        if (whole.step() != ChunkDecoder.Step.REJECTED || pieces.step() != ChunkDecoder.Step.NEED_MORE) {
            assertThat(pieces).isEqualTo(whole);
        }
        if (whole.step() != ChunkDecoder.Step.COMPLETE) {
            return false;
        }
        var out = ByteBuffer.allocate(2 * bytes.length + 100);
        var data = Parsed.bytes(whole.data());
        for (int at = 0; at < data.length; at += 13) {
            int length = Math.min(13, data.length - at);
            ChunkEncoder.begin(out, length);
            out.put(data, at, length);
            ChunkEncoder.end(out);
        }
        ChunkEncoder.last(out, trailers(body));
        var again = ChunkDecoderTest.Decoded.of(Parsed.text(Arrays.copyOf(out.array(), out.position())));
        assertThat(again)
                .isEqualTo(
                        new ChunkDecoderTest.Decoded(whole.step(), Violation.NONE, whole.data(), whole.trailers(), 0));
        return true;
    }

    private static FieldBlock trailers(String body) {
        var trailers = new FieldBlock();
        var decoder = new ChunkDecoder();
        decoder.begin(trailers);
        var in = ByteBuffer.wrap(Parsed.bytes(body));
        while (!decoder.isComplete()) {
            decoder.next(in);
        }
        return trailers;
    }
}

package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.octet.Octets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/** A frame as a test sends or received it. */
public record Frame(int type, int flags, int stream, byte[] payload) {
    private static final String[] NAMES = {
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION"
    };

    public static Frame of(int type, int flags, int stream, byte... payload) {
        return new Frame(type, flags, stream, payload);
    }

    public static Frame settings(int... namesAndValues) {
        var out = ByteBuffer.allocate(namesAndValues.length * 3);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.putShort((short) namesAndValues[i]).putInt(namesAndValues[i + 1]);
        }
        return of(4, 0, 0, out.array());
    }

    public static Frame settingsAck() {
        return of(4, 1, 0);
    }

    /** A request without a body. */
    public static Frame get(int stream, String path) {
        return headers(stream, true, ":method", "GET", ":scheme", "http", ":path", path, ":authority", "site");
    }

    /** The head of a request with a body. */
    public static Frame post(int stream, String path, String... more) {
        var fields =
                new ArrayList<>(List.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "site"));
        fields.addAll(List.of(more));
        return headers(stream, false, fields.toArray(String[]::new));
    }

    public static Frame headers(int stream, boolean isEnd, String... namesAndValues) {
        return of(1, 4 | (isEnd ? 1 : 0), stream, block(namesAndValues));
    }

    public static Frame data(int stream, boolean isEnd, String text) {
        return of(0, isEnd ? 1 : 0, stream, Octets.bytes(text));
    }

    public static Frame reset(int stream, int code) {
        return of(3, 0, stream, int32(code));
    }

    public static Frame windowUpdate(int stream, int octets) {
        return of(8, 0, stream, int32(octets));
    }

    public static Frame ping(int flags) {
        return of(6, flags, 0, new byte[8]);
    }

    public static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** A header block of literals that nobody remembers. */
    public static byte[] block(String... namesAndValues) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.write(0);
            string(out, namesAndValues[i]);
            string(out, namesAndValues[i + 1]);
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        integer(out, 0, 7, text.length());
        out.writeBytes(Octets.bytes(text));
    }

    /** An integer with a prefix (RFC 7541 section 5.1). */
    public static void integer(ByteArrayOutputStream out, int kind, int bits, int value) {
        int most = (1 << bits) - 1;
        if (value < most) {
            out.write(kind | value);
            return;
        }
        out.write(kind | most);
        int left = value - most;
        for (; left >= 128; left >>>= 7) {
            out.write(left & 127 | 128);
        }
        out.write(left);
    }

    public Frame with(int moreFlags) {
        return new Frame(type, flags | moreFlags, stream, payload);
    }

    public Frame without(int lessFlags) {
        return new Frame(type, flags & ~lessFlags, stream, payload);
    }

    /** The frame on the wire. */
    public byte[] bytes() {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    public static byte[] bytes(Frame... frames) {
        var out = new ByteArrayOutputStream();
        for (var frame : frames) {
            out.writeBytes(frame.bytes());
        }
        return out.toByteArray();
    }

    /** What a client sends first, and frames behind it. */
    public static byte[] connection(Frame... frames) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(Http2Session.PREFACE);
        out.writeBytes(settings().bytes());
        out.writeBytes(bytes(frames));
        return out.toByteArray();
    }

    /** Takes one frame out of a buffer that has a whole one. */
    public static Frame read(ByteBuffer in) {
        int first = in.getInt();
        int flags = in.get();
        int stream = in.getInt();
        var payload = new byte[first >>> 8];
        in.get(payload);
        return new Frame(first & 0xff, flags, stream, payload);
    }

    public boolean isEnd() {
        return (type == 0 || type == 1) && (flags & 1) != 0;
    }

    public int int32At(int index) {
        return ByteBuffer.wrap(payload).getInt(index);
    }

    /** The error code of RST_STREAM and GOAWAY. */
    public ErrorCode code() {
        return ErrorCode.values()[int32At(type == 3 ? 0 : 4)];
    }

    public String text() {
        return Octets.text(payload, 0, payload.length);
    }

    /** The fields of a header block, decoded by a peer that saw all before it. */
    static String fields(HpackDecoder decoder, byte[] block) {
        var fields = new FieldBlock();
        var all = new StringJoiner("\n");
        var result = decoder.decode(
                block,
                0,
                block.length,
                fields,
                1 << 16,
                (name, nameEnd, value, valueEnd, id) -> all.add(Octets.text(fields.bytes(), name, nameEnd) + ": "
                        + Octets.text(fields.bytes(), value, valueEnd)));
        return result == HpackDecoder.Result.DECODED ? all.toString() : result.toString();
    }

    @Override
    public String toString() {
        var name = type < NAMES.length ? NAMES[type] : "frame " + type;
        return name + " flags=" + flags + " stream=" + stream + " "
                + (type == 3 || type == 7 ? code() : HexFormat.of().formatHex(payload));
    }
}

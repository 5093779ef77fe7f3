package io.steelyard.http.h1;

import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.Violation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a request parser makes of some bytes. */
record Parsed(ParseResult result, Violation violation, RequestHead head, BodyFraming framing, String rest) {
    static Parsed of(String text) {
        return of(text, Leniency.strict());
    }

    static Parsed of(String text, Leniency leniency) {
        return of(text, leniency, HttpLimits.DEFAULT);
    }

    static Parsed of(String text, Leniency leniency, HttpLimits limits) {
        return inPieces(bytes(text), leniency, limits, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** Feeds bytes in pieces of {@code size} after a first one of {@code first}; each in a buffer of its own, as a socket would. */
    static Parsed inPieces(byte[] bytes, Leniency leniency, HttpLimits limits, int first, int size) {
        var parser = new RequestParser(limits, leniency);
        var head = new RequestHead();
        parser.begin(head);
        int at = 0;
        int piece = first;
        while (true) {
            int length = Math.min(piece, bytes.length - at);
            var buffer = ByteBuffer.allocateDirect(length + 3).position(2);
            buffer.put(bytes, at, length).flip().position(2);
            var result = parser.parse(buffer);
            at += length;
            piece = size;
            if (result != ParseResult.NEED_MORE || at == bytes.length) {
                var rest = "";
                if (result == ParseResult.COMPLETE) {
                    int left = buffer.remaining() + bytes.length - at;
                    rest = new String(bytes, bytes.length - left, left, StandardCharsets.ISO_8859_1);
                }
                return new Parsed(result, parser.violation(), head, parser.framing(), rest);
            }
            if (buffer.hasRemaining()) {
                throw new AssertionError("the parser wants more and left " + buffer.remaining() + " bytes");
            }
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The status a client would get: that of the violation, 200 for a complete head, 0 while bytes are missing. */
    int status() {
        return switch (result) {
            case NEED_MORE -> 0;
            case COMPLETE -> 200;
            case REJECTED -> violation.status();
        };
    }

    String value(String name) {
        int field = head.fields().find(FieldName.of(name));
        return field < 0 ? null : head.fields().value(field);
    }

    /** All that two equal parses have in common, as text. */
    String summary() {
        if (result != ParseResult.COMPLETE) {
            return result + " " + violation;
        }
        return head + "|" + head.method() + "|" + head.targetForm() + "|" + head.path() + "|" + head.query() + "|"
                + head.normalPath() + "|" + head.host() + "|" + head.port() + "|" + framing.kind() + "|"
                + framing.length() + "|" + framing.keepAlive() + "|" + framing.upgrade() + "|"
                + framing.expectsContinue() + "|" + rest;
    }
}

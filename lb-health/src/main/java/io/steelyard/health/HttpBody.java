package io.steelyard.health;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The body of an answer of HTTP/1 as far as it has come, without what frames it (RFC 9112 sections 6 and 7).
 *
 * @param isWhole whether it has come to its end
 * @param isBroken whether its frame is none
 */
record HttpBody(byte[] bytes, boolean isWhole, boolean isBroken) {
    private static final int MOST_DIGITS = 7;

    /** @param isBodiless whether there is none whatever the header says (HEAD) */
    static HttpBody read(Answer answer, HttpHead head, boolean isBodiless) {
        int start = head.bodyStart();
        int length = answer.length() - start;
        if (isBodiless || head.status() == 204 || head.status() == 304) {
            return new HttpBody(new byte[0], true, false);
        }
        if (head.isChunked()) {
            return chunks(answer, start);
        }
        if (head.contentLength().isEmpty()) {
            return new HttpBody(Arrays.copyOfRange(answer.bytes(), start, start + length), false, false);
        }
        long whole = head.contentLength().getAsLong();
        int kept = (int) Math.min(whole, length);
        return new HttpBody(Arrays.copyOfRange(answer.bytes(), start, start + kept), kept == whole, false);
    }

    private static HttpBody chunks(Answer answer, int start) {
        var body = new ByteArrayOutputStream();
        for (int at = start; ; ) {
            int end = answer.indexOf("\r\n", at);
            if (end < 0) {
                return new HttpBody(body.toByteArray(), false, false);
            }
            int size = size(answer, at, end);
            if (size < 0) {
                return new HttpBody(body.toByteArray(), false, true);
            }
            if (size == 0) {
                return new HttpBody(body.toByteArray(), true, false);
            }
            int kept = Math.min(size, answer.length() - end - 2);
            body.write(answer.bytes(), end + 2, kept);
            at = end + 2 + size + 2;
            if (at > answer.length()) {
                return new HttpBody(body.toByteArray(), false, false);
            }
        }
    }

    /** -1 where it is none. */
    private static int size(Answer answer, int from, int end) {
        int size = 0;
        int digits = 0;
        for (int i = from; i < end && answer.bytes()[i] != ';'; i++) {
            int digit = Character.digit(answer.bytes()[i], 16);
            if (digit < 0 || ++digits > MOST_DIGITS) {
                return -1;
            }
            size = size << 4 | digit;
        }
        return digits == 0 ? -1 : size;
    }
}

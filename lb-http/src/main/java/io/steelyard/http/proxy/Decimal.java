package io.steelyard.http.proxy;

import java.nio.ByteBuffer;

/** Writes numbers in decimal. */
final class Decimal {
    private Decimal() {}

    /** @param value not negative */
    static void put(ByteBuffer out, long value) {
        long power = 1;
        while (value / power >= 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            out.put((byte) ('0' + value / power % 10));
        }
    }
}

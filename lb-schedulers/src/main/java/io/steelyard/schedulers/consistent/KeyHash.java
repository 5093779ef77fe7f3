package io.steelyard.schedulers.consistent;

import io.steelyard.api.schedule.Flow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A fast 64-bit hash for placing keys: multiply and fold, word by word. Not for input whose author must not find collisions. */
final class KeyHash {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;
    private static final long PRIME = 0xD6E8_FEB8_6659_FD93L;

    private KeyHash() {}

    /** The hash of the flow's key, or of its client address without the port where it has no key. */
    static long of(Flow flow) {
        return flow.hasKey() ? of(flow.key(), flow.keyLength()) : next(mix(flow.clientHigh()) ^ flow.clientLow());
    }

    static long of(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(bytes, bytes.length);
    }

    private static long of(byte[] bytes, int length) {
        long hash = length * PRIME;
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            hash = fold(hash ^ (long) WORD.get(bytes, at));
        }
        if (at < length) {
            long rest = 0;
            for (int i = length - 1; i >= at; i--) {
                rest = rest << 8 | bytes[i] & 0xFF;
            }
            hash = fold(hash ^ rest);
        }
        return mix(hash);
    }

    /** Both halves of the product with {@link #ODD}, so that every bit of the input counts. */
    private static long fold(long value) {
        long mixed = value ^ PRIME;
        return Math.unsignedMultiplyHigh(mixed, ODD) ^ mixed * ODD ^ Long.rotateLeft(value, 29);
    }

    /** Another hash of the same key, as random against {@code hash} as that of another key. */
    static long next(long hash) {
        return mix(hash + ODD);
    }

    /** A bijection that spreads each bit over all (Stafford's variant 13 of the MurmurHash3 finalizer). */
    static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    /** A number from 0 to {@code bound - 1} that follows from the upper bits of the hash. */
    static int reduce(long hash, int bound) {
        return (int) ((hash >>> 32) * bound >>> 32);
    }
}

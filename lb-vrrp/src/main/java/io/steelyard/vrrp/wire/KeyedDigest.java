package io.steelyard.vrrp.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC (RFC 2104) over parts of memory, into an array of its own that the next use overwrites. The platform's {@code Mac} makes a new array for
 * each result; this allocates nothing. Used by one thread at a time.
 */
final class KeyedDigest {
    private static final int BLOCK = 64;

    private final MessageDigest digest;
    private final byte[] inner = new byte[BLOCK];
    private final byte[] outer = new byte[BLOCK];
    private final byte[] scratch = new byte[BLOCK];
    private final byte[] result;

    /** @param key at most 64 bytes, which is what both uses have */
    KeyedDigest(String algorithm, byte[] key) {
        if (key.length > BLOCK) {
            throw new IllegalArgumentException("the key has " + key.length + " bytes, expected at most " + BLOCK);
        }
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java platform has no " + algorithm, missing);
        }
        result = new byte[digest.getDigestLength()];
        for (int i = 0; i < BLOCK; i++) {
            int octet = i < key.length ? key[i] : 0;
            inner[i] = (byte) (octet ^ 0x36);
            outer[i] = (byte) (octet ^ 0x5C);
        }
    }

    KeyedDigest begin() {
        digest.reset();
        digest.update(inner, 0, BLOCK);
        return this;
    }

    KeyedDigest add(MemorySegment memory, long offset, int length) {
        for (int done = 0; done < length; done += BLOCK) {
            int piece = Math.min(BLOCK, length - done);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset + done, scratch, 0, piece);
            digest.update(scratch, 0, piece);
        }
        return this;
    }

    KeyedDigest add(byte[] bytes, int length) {
        digest.update(bytes, 0, length);
        return this;
    }

    /** Zeros in place of {@code length} octets, at most a block. */
    KeyedDigest addZeros(int length) {
        Arrays.fill(scratch, 0, length, (byte) 0);
        digest.update(scratch, 0, length);
        return this;
    }

    /** The code; overwritten by the next. */
    byte[] finish() {
        try {
            digest.digest(result, 0, result.length);
            digest.update(outer, 0, BLOCK);
            digest.update(result, 0, result.length);
            digest.digest(result, 0, result.length);
        } catch (DigestException impossible) {
            throw new IllegalStateException(impossible);
        }
        return result;
    }

    /** Whether memory holds the first {@code length} bytes of the code; takes as long whatever it holds. */
    static boolean isEqual(byte[] code, MemorySegment memory, long offset, int length) {
        int difference = 0;
        for (int i = 0; i < length; i++) {
            difference |= code[i] & 0xFF ^ Bytes.byteAt(memory, offset + i);
        }
        return difference == 0;
    }
}

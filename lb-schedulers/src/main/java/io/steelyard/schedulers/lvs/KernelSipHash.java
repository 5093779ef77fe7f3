package io.steelyard.schedulers.lvs;

/**
 * The kernel's {@code hsiphash} of one 32-bit word on 64-bit machines: SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input
 * PRF"), of which the lower half is kept.
 *
 * @param key0 the first half of the key
 * @param key1 the second half of the key
 */
record KernelSipHash(long key0, long key1) {
    private static final long LENGTH_BYTES = 4L << 56;

    /** The hash, to be read as unsigned. */
    int hash(int word) {
        long v0 = 0x736F_6D65_7073_6575L ^ key0;
        long v1 = 0x646F_7261_6E64_6F6DL ^ key1;
        long v2 = 0x6C79_6765_6E65_7261L ^ key0;
        long v3 = 0x7465_6462_7974_6573L ^ key1;
        long block = LENGTH_BYTES | Integer.toUnsignedLong(word);
        v3 ^= block;
        // One round for the block, three to finish; the block and the mark of the end go in after the first.
        for (int round = 0; round < 4; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            if (round == 0) {
                v0 ^= block;
                v2 ^= 0xFF;
            }
        }
        return (int) (v0 ^ v1 ^ v2 ^ v3);
    }

    /** The hash modulo {@code size}. */
    int hash(int word, int size) {
        return Integer.remainderUnsigned(hash(word), size);
    }
}

package io.steelyard.schedulers.hash;

/**
 * The CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320) as a function without state; {@link java.util.zip.CRC32} is an object that no
 * two picks can share. Four bytes a step.
 */
public final class Crc32 {
    private static final int POLYNOMIAL = 0xEDB88320;
    private static final int[] TABLE = table();

    private Crc32() {}

    /** The checksum of {@code length} bytes from the array's start. */
    public static int of(byte[] bytes, int length) {
        return ~update(~0, bytes, length);
    }

    /** The register before anything was added. */
    public static int start() {
        return ~0;
    }

    /** The checksum of what was added to the register. */
    public static int finish(int register) {
        return ~register;
    }

    /** Adds {@code length} bytes from the array's start. */
    public static int update(int register, byte[] bytes, int length) {
        int i = 0;
        int crc = register;
        for (; i + 4 <= length; i += 4) {
            crc = updateInt(
                    crc,
                    (bytes[i] & 0xFF) | (bytes[i + 1] & 0xFF) << 8 | (bytes[i + 2] & 0xFF) << 16 | bytes[i + 3] << 24);
        }
        for (; i < length; i++) {
            crc = updateByte(crc, bytes[i]);
        }
        return crc;
    }

    /** Adds four bytes, the least significant first. */
    public static int updateInt(int register, int value) {
        int x = register ^ value;
        return TABLE[768 + (x & 0xFF)]
                ^ TABLE[512 + (x >>> 8 & 0xFF)]
                ^ TABLE[256 + (x >>> 16 & 0xFF)]
                ^ TABLE[x >>> 24];
    }

    /** Adds one byte. */
    public static int updateByte(int register, int value) {
        return register >>> 8 ^ TABLE[(register ^ value) & 0xFF];
    }

    /** Entry 256 * k + b: what byte b becomes when k more bytes follow it. */
    private static int[] table() {
        var table = new int[1024];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : POLYNOMIAL);
            }
            table[i] = crc;
        }
        for (int i = 256; i < 1024; i++) {
            table[i] = table[i - 256] >>> 8 ^ table[table[i - 256] & 0xFF];
        }
        return table;
    }
}

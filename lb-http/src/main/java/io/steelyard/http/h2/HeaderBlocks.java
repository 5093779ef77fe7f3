package io.steelyard.http.h2;

import java.util.Arrays;

/**
 * Header blocks that come in several frames (RFC 9113 section 4.3), collected until they can be decoded. How large they may become, and in
 * how many frames, is checked before anything of them is decoded. Owned by one loop.
 */
final class HeaderBlocks {
    private static final int MOST_FRAMES = 32;

    private final int mostBytes;
    private byte[] bytes = new byte[0];
    private int length;
    private int frames;
    private int stream;
    private boolean isEnd;

    HeaderBlocks(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Whether nothing but a CONTINUATION may come. */
    boolean isOpen() {
        return stream != 0;
    }

    int stream() {
        return stream;
    }

    /** Whether the stream's message ends with the block. */
    boolean isEnd() {
        return isEnd;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void begin(int of, boolean ends) {
        stream = of;
        isEnd = ends;
        length = 0;
        frames = 0;
    }

    /** Adds a fragment; false where the block is beyond its limits. */
    boolean add(byte[] from, int start, int end) {
        int count = end - start;
        if (++frames > MOST_FRAMES || length + count > mostBytes) {
            return false;
        }
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(mostBytes, Math.max(length + count, 2 * bytes.length)));
        }
        System.arraycopy(from, start, bytes, length, count);
        length += count;
        return true;
    }

    /** The block was decoded. */
    void close() {
        stream = 0;
        length = 0;
        bytes = new byte[0];
    }
}

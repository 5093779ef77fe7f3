package io.steelyard.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The first bytes a server sends, up to a limit. Grows as they come. One thread. */
final class Answer {
    private final ProbeSocket socket;
    private final int limitBytes;
    private byte[] bytes = new byte[1_024];
    private int length;
    private boolean isEnded;

    Answer(ProbeSocket socket, int limitBytes) {
        this.socket = socket;
        this.limitBytes = limitBytes;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Whether nothing more will come: the server has closed, or the limit is reached. */
    boolean isOver() {
        return isEnded || length == limitBytes;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Waits for more. Call it only where {@link #isOver} is false. */
    void more() throws IOException {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(limitBytes, bytes.length * 2));
        }
        int room = Math.min(bytes.length, limitBytes) - length;
        int count = socket.read(ByteBuffer.wrap(bytes, length, room));
        if (count < 0) {
            isEnded = true;
        } else {
            length += count;
        }
    }

    /** Where {@code wanted} first is, from {@code from} on; -1 where it is not. */
    int indexOf(String wanted, int from) {
        for (int start = Math.max(0, from); start + wanted.length() <= length; start++) {
            int i = 0;
            while (i < wanted.length() && bytes[start + i] == wanted.charAt(i)) {
                i++;
            }
            if (i == wanted.length()) {
                return start;
            }
        }
        return -1;
    }

    String show() {
        return Escapes.show(bytes, length, 60);
    }
}

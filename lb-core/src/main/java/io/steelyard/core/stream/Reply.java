package io.steelyard.core.stream;

import io.steelyard.linux.Errno;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A text sent to a client in place of giving it a server. After the text the client is told of the end, and what it still sends is read and
 * thrown away: closing with unread bytes would reset the connection, and the client might lose the text. Owned by the connection's loop.
 */
final class Reply {
    private final StreamWorker worker;
    private final Endpoint client;
    private final int length;
    private @Nullable MemorySegment text;
    private int sent;

    Reply(StreamWorker worker, Endpoint client, byte[] bytes) {
        this.worker = worker;
        this.client = client;
        length = bytes.length;
        var buffer = worker.buffers().take(Math.max(length, 1));
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, buffer, 0, length);
        text = buffer;
    }

    int sentBytes() {
        return sent;
    }

    /** Does what can be done now. @return whether it is over */
    boolean run() {
        if (client.transport().isPending() && client.transport().flush() < 0) {
            return true;
        }
        if (text != null && !send(text)) {
            return sent < 0;
        }
        while (true) {
            var buffer = worker.readBuffer();
            long count = client.transport().read(buffer, 0, buffer.byteSize());
            if (count == -Errno.EAGAIN) {
                client.wantRead(true);
                client.update();
                return false;
            }
            if (count <= 0) {
                return true;
            }
        }
    }

    private boolean send(MemorySegment buffer) {
        while (sent < length) {
            int count = (int) client.transport().write(buffer, sent, length - sent);
            if (count == -Errno.EAGAIN) {
                client.wantWrite(true);
                client.update();
                return false;
            }
            if (count < 0) {
                sent = -1;
                return false;
            }
            sent += count;
        }
        close();
        client.wantWrite(false);
        client.transport().end();
        client.update();
        return true;
    }

    /** Gives back what it was lent. */
    void close() {
        if (text != null) {
            worker.buffers().giveBack(text);
            text = null;
        }
    }
}

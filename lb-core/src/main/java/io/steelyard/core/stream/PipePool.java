package io.steelyard.core.stream;

import io.steelyard.linux.Linux;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Empty pipes, lent to pumps for as long as bytes are in them. Few are ever needed: one for each large flow whose target has no room, and
 * one for the flow being moved. Owned by one loop.
 */
final class PipePool implements AutoCloseable {
    private static final int WANTED_BYTES = 1 << 20;
    private static final int KEPT = 64;

    private final ArrayDeque<Pipe> free = new ArrayDeque<>();

    /** An empty pipe; null where the system gives no more. */
    @Nullable
    Pipe take() {
        var pipe = free.pollLast();
        return pipe != null ? pipe : open();
    }

    /** @param isEmpty false destroys the pipe with the bytes in it */
    void giveBack(Pipe pipe, boolean isEmpty) {
        if (isEmpty && free.size() < KEPT) {
            free.addLast(pipe);
        } else {
            destroy(pipe);
        }
    }

    @Override
    public void close() {
        free.forEach(PipePool::destroy);
        free.clear();
    }

    private static @Nullable Pipe open() {
        long ends = Linux.pipe();
        if (ends < 0) {
            return null;
        }
        int readFd = (int) (ends >>> 32);
        int writeFd = (int) ends;
        // Refused where an unprivileged user has used up his share: then the default of 64 KiB stays.
        int resized = Linux.setPipeSize(writeFd, WANTED_BYTES);
        return new Pipe(readFd, writeFd, resized > 0 ? resized : Linux.pipeSize(writeFd));
    }

    private static void destroy(Pipe pipe) {
        Linux.close(pipe.readFd());
        Linux.close(pipe.writeFd());
    }
}

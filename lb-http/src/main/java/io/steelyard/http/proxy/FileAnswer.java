package io.steelyard.http.proxy;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The body of an answer that is a part of a file. It is read in pieces of 32 KiB, each of which the kernel takes from its page cache or, at
 * worst, from a disk: the loop waits for one such piece at a time, and after 1 MiB other connections get their turn. No more is read than the
 * client takes, and nothing of the file is kept. Owned by the client's loop.
 */
final class FileAnswer {
    private static final int PIECE_BYTES = 32 << 10;
    private static final long MOST_AT_ONCE_BYTES = 1 << 20;

    private final Exchange exchange;
    private final ClientSide client;
    private final HttpWorker worker;
    private final FileChannel file;
    private final long end;
    private long at;
    private boolean isScheduled;
    private boolean isOver;

    /** @param file is closed at the end */
    FileAnswer(Exchange exchange, FileChannel file, long from, long bytes) {
        this.exchange = exchange;
        this.file = file;
        client = exchange.client();
        worker = client.worker();
        at = from;
        end = from + bytes;
    }

    /** Sends as much as the client takes. */
    void send() {
        if (isOver || isScheduled) {
            return;
        }
        try {
            sendPieces();
        } catch (IOException failed) {
            worker.loop().report("a file cannot be read: " + failed);
            client.breakAnswer();
            return;
        }
        if (isOver) {
            return;
        }
        if (at == end) {
            close();
            exchange.answer().complete();
        } else if (!client.isSlow(0)) {
            isScheduled = true;
            worker.loop().loop().execute(() -> {
                isScheduled = false;
                send();
            });
        }
    }

    private void sendPieces() throws IOException {
        long most = at + MOST_AT_ONCE_BYTES;
        var piece = worker.loop().buffers().take(PIECE_BYTES);
        try {
            while (!isOver && at < end && at < most && !client.isSlow(0)) {
                int wanted = (int) Math.min(PIECE_BYTES, end - at);
                int count = file.read(piece.asByteBuffer().limit(wanted), at);
                if (count <= 0) {
                    throw new IOException("it became shorter while it was sent");
                }
                at += count;
                client.sendBody(piece, 0, count);
                client.flush();
            }
        } finally {
            worker.loop().buffers().giveBack(piece);
        }
    }

    /** Nothing more is sent. Calls after the first do nothing. */
    void close() {
        if (isOver) {
            return;
        }
        isOver = true;
        try {
            file.close();
        } catch (IOException ignored) {
            // It was only read.
        }
    }
}

package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.route.ProxyPlan;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The body of a server's answer on its way to the client. What the client does not take waits in memory; what comes behind that waits in a
 * temporary file where the answer is buffered (nginx {@code proxy_buffering}), and the server is done before its client is. Otherwise, and where
 * the file is as large as it may be, the server is held. Owned by the client's loop.
 *
 * <pre>
 *   data ──┬──────────────► client    while it is quick
 *          └──► file ─────► client    from when it is slow until nothing waits
 * </pre>
 */
final class Delivery {
    private static final int PIECE_BYTES = 32 << 10;

    /** How much is sent from the file before others get their turn. */
    private static final long MOST_AT_ONCE_BYTES = 1 << 20;

    private enum Ending {
        NONE,
        COMPLETE,
        BROKEN
    }

    private final Exchange exchange;
    private final ClientSide client;
    private final HttpWorker worker;
    private final ProxyPlan plan;

    /** What waits in it for the client; null while nothing ever did. */
    private @Nullable TemporaryFile file;

    private int mostMemoryBytes;
    private long mostFileBytes;

    /** How much of the file the client was given. */
    private long given;

    private boolean holdsServer;
    private boolean isScheduled;
    private boolean isOver;
    private Ending ending = Ending.NONE;
    private @Nullable FieldBlock trailers;

    Delivery(Exchange exchange, ProxyPlan plan) {
        this.exchange = exchange;
        this.plan = plan;
        client = exchange.client();
        worker = client.worker();
        mostMemoryBytes = plan.configured().mostBufferBytes();
    }

    /** The head of the answer is there: it may say whether the rest is buffered. */
    void begin(ResponseHead head) {
        var configured = plan.configured();
        boolean isBuffered = configured.serverChoosesBuffering()
                ? chosen(head.fields(), configured.buffersResponse())
                : configured.buffersResponse();
        mostFileBytes = isBuffered ? configured.mostFileBytes() : 0;
        if (!isBuffered) {
            mostMemoryBytes = Math.min(mostMemoryBytes, configured.transport().bufferBytes());
        }
    }

    private static boolean chosen(FieldBlock fields, boolean otherwise) {
        int index = fields.find(FieldName.X_ACCEL_BUFFERING);
        if (index < 0) {
            return otherwise;
        }
        var value = fields.value(index);
        return value.equalsIgnoreCase("yes") || !value.equalsIgnoreCase("no") && otherwise;
    }

    /** What follows are the bytes of a tunnel. */
    void tunnel() {
        mostFileBytes = 0;
    }

    /** Whether the server is not to be read. */
    boolean holdsServer() {
        return holdsServer;
    }

    private boolean hasRest() {
        return given < fileBytes();
    }

    private long fileBytes() {
        return file == null ? 0 : file.size();
    }

    void data(MemorySegment from, int offset, int count) {
        if (hasRest() || mostFileBytes > 0 && client.isSlow(mostMemoryBytes)) {
            keep(from, offset, count);
        } else {
            client.sendBody(from, offset, count);
        }
    }

    private void keep(MemorySegment from, int offset, int count) {
        try {
            var into = file;
            if (into == null) {
                into = new TemporaryFile();
                file = into;
            }
            into.append(from, offset, count);
        } catch (UncheckedIOException failed) {
            if (hasRest()) {
                throw failed;
            }
            worker.loop().report(failed.getMessage() + ": " + failed.getCause());
            mostFileBytes = 0;
            client.sendBody(from, offset, count);
        }
    }

    /** Sends what was put together for the client, and sees whether the server is to be held. */
    void flush() {
        client.flush();
        holdsServer = hasRest() ? fileBytes() >= mostFileBytes : mostFileBytes == 0 && client.isSlow(mostMemoryBytes);
    }

    /** The client takes more. @return whether the server was held and may go on */
    boolean clientHasRoom() {
        sendRest();
        if (!holdsServer || isOver || hasRest() || client.isSlow(mostMemoryBytes / 2)) {
            return false;
        }
        holdsServer = false;
        return true;
    }

    private void sendRest() {
        var from = file;
        if (from == null || !hasRest() || isScheduled) {
            return;
        }
        long most = given + MOST_AT_ONCE_BYTES;
        var piece = worker.loop().buffers().take(PIECE_BYTES);
        try {
            while (!isOver && hasRest() && !client.isSlow(0) && given < most) {
                int count = from.read(piece, (int) Math.min(PIECE_BYTES, from.size() - given), given);
                given += count;
                client.sendBody(piece, 0, count);
                client.flush();
            }
        } finally {
            worker.loop().buffers().giveBack(piece);
        }
        if (isOver) {
            return;
        }
        if (!hasRest()) {
            from.clear();
            given = 0;
            finish();
        } else if (!client.isSlow(0)) {
            isScheduled = true;
            worker.loop().loop().execute(this::onTurn);
        }
    }

    private void onTurn() {
        isScheduled = false;
        if (!isOver) {
            try {
                exchange.clientHasRoom();
            } catch (UncheckedIOException failed) {
                worker.loop().report(failed.getMessage() + ": " + failed.getCause());
                client.reset();
            }
        }
    }

    /** The answer was read to its end: keeps what is needed of it once the connection serves another. {@link #end} follows. */
    void ending(@Nullable FieldBlock received) {
        if (received != null && received.count() > 0) {
            exchange.facts().servers().trailers(received);
            if (plan.passesTrailers() && client.acceptsTrailers()) {
                var passed = worker.passed(received, plan);
                trailers = hasRest() ? passed.copy() : passed;
                exchange.facts().sentTrailers(trailers);
            }
        }
        if (hasRest()) {
            exchange.facts().servers().keepAnswer();
        }
    }

    /** The server has given all, and was given back. */
    void end() {
        ending = Ending.COMPLETE;
        if (!hasRest()) {
            finish();
        }
    }

    /** The server will not give the rest. */
    void breakOff() {
        ending = Ending.BROKEN;
        if (!hasRest()) {
            finish();
        }
    }

    private void finish() {
        switch (ending) {
            case COMPLETE -> {
                if (trailers != null) {
                    client.sendTrailers(trailers);
                }
                exchange.answer().complete();
            }
            case BROKEN -> client.breakAnswer();
            case NONE -> {}
        }
    }

    void close() {
        isOver = true;
        if (file != null) {
            file.close();
        }
        given = 0;
    }
}

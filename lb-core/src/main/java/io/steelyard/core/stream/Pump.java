package io.steelyard.core.stream;

import io.steelyard.core.loop.Timer;
import io.steelyard.core.tcp.Transport;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes in one direction, from a source socket to a target. Owned by the connection's loop.
 *
 * <pre>
 *             bulk                    target full
 *   COPY ─────────────► SPLICE     ─────────────────► pending bytes in a buffer or a pipe;
 *        ◄─────────────                               the source is not read until they are gone
 *             small                   source ended and nothing pending: the target is shut down, the pump has ended
 * </pre>
 *
 * <p>Copying goes through the loop's one read buffer straight into the target; only what the target does not take is kept, at most one
 * buffer, so an idle or moving direction holds no memory. A direction whose reads fill the buffer twice in a row is moved inside the kernel
 * through a pipe, lent for as long as there are bytes in it.
 */
final class Pump {
    /** System calls' worth of work before other connections get their turn. */
    private static final int ROUNDS = 8;

    private static final int SPLICE_CHUNK_BYTES = 1 << 20;
    private static final int BULK_READS = 2;
    private static final int SMALL_SPLICE_BYTES = 16 << 10;

    private final Relay relay;
    private final StreamWorker worker;
    private final Endpoint source;
    private final Endpoint target;
    private final int bufferBytes;
    private final boolean maySplice;
    private final boolean isSecured;
    private final @Nullable RateLimit rateLimit;

    private @Nullable MemorySegment pending;
    private int pendingStart;
    private int pendingEnd;

    private @Nullable Pipe pipe;
    private long inPipe;

    private int fullReads;
    private boolean sourceEnded;
    private boolean isEndTold;
    private boolean isGoingOn;
    private boolean ended;
    private long movedBytes;

    Pump(Relay relay, StreamWorker worker, Endpoint source, Endpoint target, StreamService.Limits limits, long rate) {
        this.relay = relay;
        this.worker = worker;
        this.source = source;
        this.target = target;
        isSecured = isSecured(source) || isSecured(target);
        bufferBytes = isSecured ? Math.toIntExact(worker.tls().plain().byteSize()) : limits.bufferBytes();
        maySplice = limits.splice() && !isSecured;
        rateLimit = rate == 0 ? null : new RateLimit(rate);
    }

    private static boolean isSecured(Endpoint end) {
        return !(end.transport() instanceof Transport.Plain);
    }

    /** Whether its target can be told of the end and go on sending. */
    boolean keepsHalfOpen() {
        return source.transport().keepsHalfOpen();
    }

    /** It has ended, and with it, by the rules of TLS, the other direction. */
    boolean isLast() {
        return ended && !keepsHalfOpen();
    }

    /** The source has ended, all it sent has been written, and the target was told. */
    boolean hasEnded() {
        return ended;
    }

    /** Bytes read from the source. */
    long movedBytes() {
        return movedBytes;
    }

    /** Moves what can be moved now, then says what it waits for. */
    void run() {
        if (ended) {
            return;
        }
        if (isEndTold) {
            finish();
            return;
        }
        for (int round = 0; round < ROUNDS && flush(); round++) {
            if (sourceEnded) {
                end();
                return;
            }
            if (!(isBulk() ? splice() : copy())) {
                break;
            }
        }
        if (relay.isOver()) {
            return;
        }
        if (sourceEnded && !isPending()) {
            end();
            return;
        }
        boolean wantsMore = !sourceEnded && !isPending() && !isThrottled();
        source.wantRead(wantsMore);
        target.wantWrite(isPending());
        if (wantsMore && source.transport().hasInput()) {
            goOnLater();
        }
    }

    /** Gives back what it was lent. */
    void close() {
        if (pending != null) {
            worker.buffers().giveBack(pending);
            pending = null;
        }
        if (pipe != null) {
            worker.pipes().giveBack(pipe, inPipe == 0);
            pipe = null;
        }
        if (rateLimit != null) {
            worker.timers().cancel(rateLimit);
        }
    }

    private boolean isPending() {
        return pending != null || inPipe > 0 || target.transport().isPending();
    }

    private boolean isBulk() {
        return maySplice && fullReads >= BULK_READS;
    }

    private boolean isThrottled() {
        return rateLimit != null && rateLimit.isSet();
    }

    private void end() {
        isEndTold = true;
        source.wantRead(false);
        if (!relay.isOverWith(this)) {
            target.transport().end();
        }
        finish();
    }

    /** The target was told of the end; it has ended once that is on its way. */
    private void finish() {
        if (target.transport().isPending() && target.transport().flush() < 0) {
            relay.targetBroke(this);
            return;
        }
        ended = !target.transport().isPending();
        target.wantWrite(!ended);
    }

    /** What is decrypted already makes no socket readable: the loop comes back to it once others had their turn. */
    private void goOnLater() {
        if (!isGoingOn) {
            isGoingOn = true;
            worker.loop().execute(() -> {
                isGoingOn = false;
                relay.resume(this);
            });
        }
    }

    /** One read and write through the loop's buffer. @return whether another round may find more */
    private boolean copy() {
        int wanted = allowed(bufferBytes);
        if (wanted == 0) {
            return false;
        }
        var buffer = isSecured ? worker.tls().plain() : worker.readBuffer();
        int count = (int) source.transport().read(buffer, 0, wanted);
        if (count <= 0) {
            return readEnded(count);
        }
        moved(count);
        fullReads = count == wanted ? fullReads + 1 : 0;
        int written = (int) target.transport().write(buffer, 0, count);
        if (written == count) {
            return count == wanted || isSecured;
        }
        if (written < 0 && written != -Errno.EAGAIN) {
            relay.targetBroke(this);
            return false;
        }
        keep(buffer, Math.max(written, 0), count);
        return false;
    }

    /** One step through a pipe. @return whether another round may find more */
    private boolean splice() {
        int wanted = allowed(SPLICE_CHUNK_BYTES);
        if (wanted == 0) {
            return false;
        }
        var through = worker.pipes().take();
        if (through == null) {
            fullReads = 0;
            return copy();
        }
        long count = Linux.splice(source.fd(), through.writeFd(), Math.min(wanted, through.capacityBytes()));
        if (count <= 0) {
            worker.pipes().giveBack(through, true);
            if (count == -Errno.EINVAL) {
                fullReads = Integer.MIN_VALUE; // These sockets cannot be spliced.
                return true;
            }
            return readEnded(count);
        }
        moved(count);
        if (count < SMALL_SPLICE_BYTES) {
            fullReads = 0;
        }
        pipe = through;
        inPipe = count;
        return flush();
    }

    /** Writes what is pending. @return whether nothing is pending any more */
    private boolean flush() {
        if (target.transport().isPending()) {
            int result = target.transport().flush();
            if (result < 0 || target.transport().isPending()) {
                return result < 0 && writeStopped(result);
            }
        }
        if (pending != null) {
            int written = (int) target.transport().write(pending, pendingStart, pendingEnd - pendingStart);
            if (written < 0) {
                return writeStopped(written);
            }
            pendingStart += written;
            if (pendingStart < pendingEnd) {
                return false;
            }
            worker.buffers().giveBack(pending);
            pending = null;
            if (target.transport().isPending()) {
                return false;
            }
        }
        while (pipe != null) {
            long written = Linux.splice(pipe.readFd(), target.fd(), inPipe);
            if (written < 0) {
                return writeStopped(written);
            }
            inPipe -= written;
            if (inPipe == 0) {
                worker.pipes().giveBack(pipe, true);
                pipe = null;
            }
        }
        return true;
    }

    private boolean writeStopped(long result) {
        if (result != -Errno.EAGAIN) {
            relay.targetBroke(this);
        }
        return false;
    }

    private boolean readEnded(long result) {
        if (result == 0) {
            sourceEnded = true;
            return true;
        }
        if (result != -Errno.EAGAIN) {
            relay.sourceBroke(this);
        }
        return false;
    }

    private void keep(MemorySegment buffer, int start, int end) {
        pending = worker.buffers().take(isSecured ? end - start : bufferBytes);
        pendingStart = 0;
        pendingEnd = end - start;
        MemorySegment.copy(buffer, start, pending, 0, pendingEnd);
    }

    private void moved(long count) {
        movedBytes += count;
        relay.onBytes(this);
    }

    /** How much of {@code most} may be read now; 0 sets the timer that goes on. */
    private int allowed(int most) {
        return rateLimit == null ? most : rateLimit.allowed(most);
    }

    /** nginx's rule (ngx_stream_proxy_module.c): what was moved may never exceed the rate times the seconds begun since the start. */
    private final class RateLimit extends Timer {
        private final long bytesPerSecond;
        private final long startNs = worker.timers().nowNs();

        RateLimit(long bytesPerSecond) {
            this.bytesPerSecond = bytesPerSecond;
        }

        int allowed(int most) {
            long nowNs = worker.timers().nowNs();
            long budget = bytesPerSecond * ((nowNs - startNs) / 1_000_000_000L + 1) - movedBytes;
            if (budget > 0) {
                return (int) Math.min(budget, most);
            }
            worker.timers().set(this, nowNs + 1_000_000_000L * -budget / bytesPerSecond + 1_000_000L);
            return 0;
        }

        @Override
        protected void onDeadline(long nowNs) {
            relay.resume(Pump.this);
        }
    }
}

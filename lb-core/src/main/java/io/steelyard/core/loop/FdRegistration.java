package io.steelyard.core.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file descriptor in a loop's epoll set, which it owns: closing the registration closes the descriptor. Only the loop's thread uses it.
 *
 * <p>Readiness is a hint: of the events one epoll_wait(2) gave, a later one may be about a descriptor that was closed since and whose number
 * a new one has. A handler must find out by a call that cannot block.
 *
 * <p>Level-triggered, except while paused: a socket both of whose directions are shut down reports a hang-up that cannot be masked, so a
 * paused descriptor is edge-triggered and reports it once.
 */
public final class FdRegistration implements AutoCloseable {
    /** There is something to read, or the end. */
    public static final int READABLE = 0x1;

    /** There is room to write, or a connection attempt has ended. */
    public static final int WRITABLE = 0x4;

    /** An error is pending. */
    public static final int ERROR = 0x8;

    /** Both directions are shut down. */
    public static final int HANGUP = 0x10;

    private static final Logger LOG = LoggerFactory.getLogger(FdRegistration.class);

    // Never NONE: Netty 4.2.18 forgets the descriptor then and fails at the next submit.
    private static final EpollIoOps PAUSED = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);
    private static final EpollIoOps READ_WRITE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

    private final FileDescriptor descriptor;
    private final FdHandler handler;
    private final DataLoop loop;
    private @Nullable IoRegistration registration;
    private int interest = -1;
    private boolean isClosed;

    FdRegistration(int fd, FdHandler handler, DataLoop loop) {
        this.loop = loop;
        descriptor = new FileDescriptor(fd);
        this.handler = handler;
    }

    EpollIoHandle handle() {
        return new Handle();
    }

    void registered(IoRegistration value) {
        registration = value;
    }

    /** The descriptor's number. */
    public int fd() {
        return descriptor.intValue();
    }

    /** The readiness asked for now; 0 while paused. */
    public int interest() {
        return Math.max(interest, 0);
    }

    /**
     * Asks for readiness. One epoll_ctl(2) where it differs from what was asked for before.
     *
     * @param wanted {@link #READABLE}, {@link #WRITABLE}, both, or 0 to pause
     */
    public void interest(int wanted) {
        if (wanted == interest || isClosed || registration == null) {
            return;
        }
        interest = wanted;
        registration.submit(
                switch (wanted) {
                    case 0 -> PAUSED;
                    case READABLE -> EpollIoOps.EPOLLIN;
                    case WRITABLE -> EpollIoOps.EPOLLOUT;
                    case READABLE | WRITABLE -> READ_WRITE;
                    default ->
                        throw new IllegalArgumentException("interest " + wanted + " is not READABLE, WRITABLE or both");
                });
    }

    public boolean isClosed() {
        return isClosed;
    }

    /** As {@link #close()}, where other descriptors of the same open file stay open: closing alone would leave it in the epoll set. */
    public void closeShared() {
        if (!isClosed && registration != null) {
            registration.cancel();
        }
        close();
    }

    /** Takes the descriptor out of the set and closes it. Calls after the first do nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        loop.onClosed();
        // Closing takes it out of the epoll set; cancelling afterwards costs no system call and forgets the handle.
        try {
            descriptor.close();
        } catch (IOException failed) {
            LOG.debug("close of descriptor failed: {}", failed.getMessage());
        }
        if (registration != null) {
            registration.cancel();
        }
    }

    /** Netty's view of the registration. */
    private final class Handle implements EpollIoHandle {
        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration source, IoEvent event) {
            if (isClosed) {
                return;
            }
            try {
                handler.onReady(((EpollIoEvent) event).ops().value());
            } catch (Throwable unexpected) {
                // Out of here, Netty would stop the loop for a second.
                LOG.error("a descriptor's handler failed; its descriptor is closed", unexpected);
                FdRegistration.this.close();
            }
        }

        /** The loop is being shut down. */
        @Override
        public void close() {
            FdRegistration.this.close();
        }
    }
}

package io.steelyard.core.datagram;

import io.steelyard.core.loop.DataLoop;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.linux.EpollSet;
import io.steelyard.linux.ErrnoException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets on which one loop's sessions wait for their servers: an epoll set of its own inside the loop's, so that a session that waits
 * for one answer allocates nothing, where a registration with the loop takes several objects. Owned by the loop.
 */
final class ServerSockets {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSockets.class);

    /** Sockets served for one event of the loop, so that ports and timers get their turn; the loop comes back for the rest. */
    private static final int MOST_AT_ONCE = 256;

    private final DataLoop loop;
    private @Nullable EpollSet set;
    private @Nullable FdRegistration registration;

    /** Who waits, by the socket's number; as long as the greatest number used. */
    private @Nullable DatagramSession[] waiting = new DatagramSession[64];

    ServerSockets(DataLoop loop) {
        this.loop = loop;
    }

    /** Tells a session of what its socket receives. @return 0, or the negative error number */
    int add(int fd, DatagramSession session) {
        var opened = set;
        if (opened == null) {
            try {
                opened = open();
            } catch (ErrnoException failed) {
                return -failed.errno();
            }
        }
        int result = opened.add(fd, tag(fd, session));
        if (result == 0) {
            if (fd >= waiting.length) {
                waiting = Arrays.copyOf(waiting, Math.max(fd + 1, waiting.length * 2));
            }
            waiting[fd] = session;
        }
        return result;
    }

    /** Forgets a socket that is about to be closed, which takes it out of the set. */
    void remove(int fd) {
        waiting[fd] = null;
    }

    /** Takes a socket out of the set that stays open. */
    void pause(int fd) {
        remove(fd);
        if (set != null) {
            set.remove(fd);
        }
    }

    private EpollSet open() throws ErrnoException {
        var opened = EpollSet.create(MOST_AT_ONCE);
        var registered = loop.register(opened.fd(), ready -> onReady());
        registered.interest(FdRegistration.READABLE);
        registration = registered;
        set = opened;
        return opened;
    }

    /** Nobody is waited for any more. */
    void close() {
        if (registration != null) {
            registration.close();
        }
    }

    /** A socket's number, and above it which use of the session waits: what came too late must not reach the next. */
    private static long tag(int fd, DatagramSession session) {
        return (long) session.uses() << 32 | fd;
    }

    private void onReady() {
        if (set == null) {
            return;
        }
        int count = set.await(0);
        for (int i = 0; i < count; i++) {
            long tag = set.tag(i);
            int fd = (int) tag;
            var session = waiting[fd];
            if (session == null || tag != tag(fd, session)) {
                continue;
            }
            try {
                session.onServerReadable();
            } catch (RuntimeException unexpected) {
                // Out of here it would close the set.
                LOG.error("a UDP session failed and is ended", unexpected);
                session.end();
            }
        }
    }
}

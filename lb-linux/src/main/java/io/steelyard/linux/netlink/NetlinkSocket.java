package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Asks the kernel and waits for its answer (netlink(7), NETLINK_ROUTE). The kernel answers a change before the request's system call
 * returns, so that a call takes microseconds; an answer that stays away for {@value #ANSWER_TIMEOUT_MS} ms is an error. Used by one thread
 * at a time.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** How long an answer may take. */
    static final int ANSWER_TIMEOUT_MS = 10_000;

    /** The kernel makes dumps in pieces of up to 32 KiB. */
    private static final int BUFFER_BYTES = 65_536;

    private static final int DUMP_ATTEMPTS = 20;

    private final int fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private final NetlinkReader reader = new NetlinkReader();
    private int sequence;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /**
     * Opens a socket in the network namespace of the calling thread. Needs no privilege by itself.
     *
     * @throws ErrnoException where there is no descriptor left or the system allows no netlink
     */
    public static NetlinkSocket open() throws ErrnoException {
        int fd = Errno.check(Linux.netlinkRouteSocket(), "netlink socket");
        var local = SocketAddressBuffer.allocate();
        local.setNetlink(0);
        int bound = Linux.bind(fd, local);
        if (bound < 0) {
            Linux.close(fd);
            throw new ErrnoException("bind netlink socket", bound);
        }
        // Older kernels have none of these; then there are fewer words on an error, which is no reason to fail.
        Linux.set(fd, SocketOption.NETLINK_EXT_ACK, 1);
        Linux.set(fd, SocketOption.NETLINK_CAP_ACK, 1);
        Linux.set(fd, SocketOption.NETLINK_GET_STRICT_CHK, 1);
        return new NetlinkSocket(fd);
    }

    /**
     * Has the kernel change something.
     *
     * @param message begun with {@link NetlinkMessage#ACK}, not finished
     * @param what what it does, for the error's message
     * @throws NetlinkException where the kernel refuses
     * @throws ErrnoException where the socket itself fails
     */
    public void request(NetlinkMessage message, String what) throws IOException {
        int mine = send(message, what);
        while (true) {
            reader.wrap(buffer, receive(what));
            while (reader.next()) {
                if (reader.sequence() == mine && reader.type() == NetlinkReader.ERROR) {
                    if (reader.errno() != 0) {
                        throw new NetlinkException(what, reader.errno(), reader.kernelMessage());
                    }
                    return;
                }
            }
        }
    }

    /**
     * Asks for one thing.
     *
     * @param message begun without flags, not finished
     * @param what what is asked, for the error's message
     * @param answer gets the reader at the answer
     * @throws NetlinkException where the kernel has no answer
     */
    public void ask(NetlinkMessage message, String what, Consumer<NetlinkReader> answer) throws IOException {
        int mine = send(message, what);
        while (true) {
            reader.wrap(buffer, receive(what));
            while (reader.next()) {
                if (reader.sequence() != mine) {
                    continue;
                }
                if (reader.type() == NetlinkReader.ERROR) {
                    throw new NetlinkException(what, reader.errno(), reader.kernelMessage());
                }
                answer.accept(reader);
                return;
            }
        }
    }

    /**
     * Reads a table. A table that changes meanwhile is read again, so that {@code entry} sees each entry of one state of it.
     *
     * @param message begun with {@link NetlinkMessage#DUMP}, not finished
     * @param what what is read, for the error's message
     * @param begin runs before the first entry, again before each repetition
     * @param entry gets the reader at each entry
     */
    public void dump(NetlinkMessage message, String what, Runnable begin, Consumer<NetlinkReader> entry)
            throws IOException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            begin.run();
            int mine = send(message, what);
            if (isDumpWhole(mine, what, entry)) {
                return;
            }
        }
        throw new NetlinkException(
                what, Errno.EINTR, "the table changed during each of " + DUMP_ATTEMPTS + " readings");
    }

    private boolean isDumpWhole(int mine, String what, Consumer<NetlinkReader> entry) throws IOException {
        boolean isWhole = true;
        while (true) {
            reader.wrap(buffer, receive(what));
            while (reader.next()) {
                if (reader.sequence() != mine) {
                    continue;
                }
                isWhole &= (reader.flags() & NetlinkReader.DUMP_INTERRUPTED) == 0;
                if (reader.type() == NetlinkReader.ERROR || reader.type() == NetlinkReader.DONE) {
                    if (reader.errno() < 0) {
                        throw new NetlinkException(what, reader.errno(), reader.kernelMessage());
                    }
                    return isWhole;
                }
                entry.accept(reader);
            }
        }
    }

    private int send(NetlinkMessage message, String what) throws ErrnoException {
        int mine = ++sequence;
        var bytes = message.finish(mine).bytes();
        long sent = Linux.send(fd, bytes, 0, bytes.byteSize());
        if (sent < 0) {
            throw new ErrnoException(what + ": netlink request", (int) sent);
        }
        return mine;
    }

    private long receive(String what) throws ErrnoException {
        while (true) {
            long received = Linux.recv(fd, buffer, 0, BUFFER_BYTES);
            if (received >= 0) {
                return received;
            }
            if (!Errno.isTransient((int) received)) {
                throw new ErrnoException(what + ": netlink answer", (int) received);
            }
            if (Linux.poll(fd, Linux.POLLIN, ANSWER_TIMEOUT_MS) == 0) {
                throw new ErrnoException(what + ": netlink answer", Errno.ETIMEDOUT);
            }
        }
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}

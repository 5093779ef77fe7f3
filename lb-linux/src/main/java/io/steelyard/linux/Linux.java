package io.steelyard.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * The system calls of a proxy (man-pages sections 2 and 7). A result is what the call gives, or the negative {@link Errno}. Every descriptor
 * made here is non-blocking and not inherited. Safe for all threads, as far as descriptors are; nothing here allocates once a thread has
 * made its first call.
 *
 * <p>Memory is native, owned by the caller, and must stay alive during the call: it must not belong to an arena that another thread may
 * close meanwhile.
 */
public final class Linux {
    /** {@link #poll}: there is something to read, or the end. */
    public static final int POLLIN = 0x1;

    /** {@link #poll}: there is room to write, or a connection attempt has ended. */
    public static final int POLLOUT = 0x4;

    /** {@link #poll}: an error is pending; comes unasked. */
    public static final int POLLERR = 0x8;

    /** {@link #poll}: both directions are shut down; comes unasked. */
    public static final int POLLHUP = 0x10;

    /** {@link #recv}: leaves the bytes to be read again. */
    public static final int MSG_PEEK = 0x2;

    /** Waits not, though the descriptor would. */
    public static final int MSG_DONTWAIT = 0x40;

    /** {@link #send}: more follows at once, so that small segments are put together. */
    public static final int MSG_MORE = 0x8000;

    /** {@link #splice}: more follows at once. */
    public static final int SPLICE_F_MORE = 0x4;

    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int TFD_TIMER_ABSTIME = 1;
    private static final int NANOSECONDS_PER_SECOND = 1_000_000_000;
    private static final int MCAST_JOIN_GROUP = 42;
    private static final int IP_MULTICAST_IF = 32;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int NONBLOCK_CLOEXEC = 0x80800;
    private static final int SHUT_RD = 0;
    private static final int SHUT_WR = 1;
    private static final int SPLICE_F_MOVE_NONBLOCK = 0x3;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_NONBLOCK = 2048;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int SOL_SOCKET = 1;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_LINGER = 13;

    private Linux() {}

    // ---- sockets

    /** A TCP socket. */
    public static int tcpSocket(boolean isIpv6) {
        return socket(isIpv6 ? AddressFamily.IPV6 : AddressFamily.IPV4, SOCK_STREAM);
    }

    /** A UDP socket. */
    public static int udpSocket(boolean isIpv6) {
        return socket(isIpv6 ? AddressFamily.IPV6 : AddressFamily.IPV4, SOCK_DGRAM);
    }

    /** A UNIX stream socket. */
    public static int unixStreamSocket() {
        return socket(AddressFamily.UNIX, SOCK_STREAM);
    }

    /** A UNIX datagram socket. */
    public static int unixDatagramSocket() {
        return socket(AddressFamily.UNIX, SOCK_DGRAM);
    }

    /**
     * A raw socket of one IP protocol (raw(7)). Needs CAP_NET_RAW.
     *
     * @param protocol the protocol's number, such as 112 for VRRP
     */
    public static int rawSocket(boolean isIpv6, int protocol) {
        return Libc.socket(
                (isIpv6 ? AddressFamily.IPV6 : AddressFamily.IPV4).number(), SOCK_RAW | NONBLOCK_CLOEXEC, protocol);
    }

    /**
     * A socket for whole frames (packet(7)). It receives nothing before it is bound to {@link SocketAddressBuffer#setPacket}, so that a
     * filter can be attached first. Needs CAP_NET_RAW.
     */
    public static int packetSocket() {
        return Libc.socket(AddressFamily.PACKET.number(), SOCK_RAW | NONBLOCK_CLOEXEC, 0);
    }

    /** A socket for the kernel's network tables (rtnetlink(7)), of the calling thread's network namespace. */
    public static int netlinkRouteSocket() {
        return Libc.socket(AddressFamily.NETLINK.number(), SOCK_RAW | NONBLOCK_CLOEXEC, 0);
    }

    private static int socket(AddressFamily family, int kind) {
        return Libc.socket(family.number(), kind | NONBLOCK_CLOEXEC, 0);
    }

    public static int bind(int fd, SocketAddressBuffer local) {
        int result = Libc.bind(fd, local.address(), local.lengthBytes());
        Reference.reachabilityFence(local);
        return result;
    }

    /** @param backlog how many connections may wait to be accepted */
    public static int listen(int fd, int backlog) {
        return Libc.listen(fd, backlog);
    }

    /**
     * For TCP mostly gives -EINPROGRESS: the socket is writable when the attempt has ended, and {@link #socketError} says how. A UDP socket
     * afterwards takes datagrams of {@code remote} only, and reports its ICMP errors.
     */
    public static int connect(int fd, SocketAddressBuffer remote) {
        int result = Libc.connect(fd, remote.address(), remote.lengthBytes());
        Reference.reachabilityFence(remote);
        return result;
    }

    /** Accepts a connection; {@code peer} gets the other side's address. */
    public static int accept(int fd, SocketAddressBuffer peer) {
        peer.makeRoom();
        int result = Libc.accept4(fd, peer.address(), peer.lengthAddress(), NONBLOCK_CLOEXEC);
        Reference.reachabilityFence(peer);
        return result;
    }

    /** The socket's own address (getsockname(2)). */
    public static int localAddress(int fd, SocketAddressBuffer local) {
        local.makeRoom();
        int result = Libc.getsockname(fd, local.address(), local.lengthAddress());
        Reference.reachabilityFence(local);
        return result;
    }

    /** The address of the other side (getpeername(2)). */
    public static int peerAddress(int fd, SocketAddressBuffer peer) {
        peer.makeRoom();
        int result = Libc.getpeername(fd, peer.address(), peer.lengthAddress());
        Reference.reachabilityFence(peer);
        return result;
    }

    /** Says that nothing more will be sent. */
    public static int shutdownWrite(int fd) {
        return Libc.shutdown(fd, SHUT_WR);
    }

    /** Says that nothing more will be read: reading gives the end. */
    public static int shutdownRead(int fd) {
        return Libc.shutdown(fd, SHUT_RD);
    }

    /** Gives a descriptor back. It is free afterwards whatever the result, so that a failed close is never repeated (close(2)). */
    public static int close(int fd) {
        return Libc.close(fd);
    }

    /** Another descriptor of the same open file, closed on exec (fcntl(2), F_DUPFD_CLOEXEC). */
    public static int duplicate(int fd) {
        return Libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
    }

    /** Makes {@code to} another descriptor of what {@code from} is, in one step; what it was before is closed (dup2(2)). */
    public static int duplicateTo(int from, int to) {
        return Libc.dup2(from, to);
    }

    /** Makes calls on the open file return -EAGAIN instead of waiting; all its descriptors share that. */
    public static int nonBlocking(int fd) {
        int flags = Libc.fcntl(fd, F_GETFL, 0);
        return flags < 0 ? flags : Libc.fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }

    /**
     * Sends a signal (kill(2)).
     *
     * @param pid the process, at least 1
     * @param signal its number; 0 only asks whether it may be sent
     * @throws IllegalArgumentException where {@code pid} would mean a group
     */
    public static int signal(long pid, int signal) {
        if (pid < 1 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("process " + pid + " is none");
        }
        return Libc.kill((int) pid, signal);
    }

    // ---- bytes

    /** Reads up to {@code count} bytes to {@code offset}; 0 is the end. */
    public static long recv(int fd, MemorySegment buffer, long offset, long count) {
        return recv(fd, buffer, offset, count, 0);
    }

    /** As {@link #recv(int, MemorySegment, long, long)}. @param flags {@link #MSG_PEEK}, {@link #MSG_DONTWAIT} */
    public static long recv(int fd, MemorySegment buffer, long offset, long count, int flags) {
        int result = Libc.recv(fd, Libc.address(buffer, offset, count), count, flags);
        Reference.reachabilityFence(buffer);
        return result;
    }

    /** Writes up to {@code count} bytes from {@code offset}; never raises SIGPIPE. */
    public static long send(int fd, MemorySegment buffer, long offset, long count) {
        return send(fd, buffer, offset, count, 0);
    }

    /** As {@link #send(int, MemorySegment, long, long)}. @param flags {@link #MSG_MORE}, {@link #MSG_DONTWAIT} */
    public static long send(int fd, MemorySegment buffer, long offset, long count, int flags) {
        int result = Libc.send(fd, Libc.address(buffer, offset, count), count, flags | MSG_NOSIGNAL);
        Reference.reachabilityFence(buffer);
        return result;
    }

    /** As {@link #recv} for any descriptor, such as a pipe or an {@link #eventfd}. */
    public static long read(int fd, MemorySegment buffer, long offset, long count) {
        int result = Libc.read(fd, Libc.address(buffer, offset, count), count);
        Reference.reachabilityFence(buffer);
        return result;
    }

    /** As {@link #send} for any descriptor. The JVM ignores SIGPIPE. */
    public static long write(int fd, MemorySegment buffer, long offset, long count) {
        int result = Libc.write(fd, Libc.address(buffer, offset, count), count);
        Reference.reachabilityFence(buffer);
        return result;
    }

    /** Writes two pieces of memory in one call (writev(2)), such as a header and what follows it. */
    public static long write(
            int fd,
            MemorySegment first,
            long firstOffset,
            long firstCount,
            MemorySegment second,
            long secondOffset,
            long secondCount) {
        var vectors = Libc.scratch().memory;
        vectors.set(Libc.NATIVE_LONG, 0, Libc.address(first, firstOffset, firstCount));
        vectors.set(Libc.NATIVE_LONG, 8, firstCount);
        vectors.set(Libc.NATIVE_LONG, 16, Libc.address(second, secondOffset, secondCount));
        vectors.set(Libc.NATIVE_LONG, 24, secondCount);
        int result = Libc.writev(fd, vectors.address(), 2);
        Reference.reachabilityFence(first);
        Reference.reachabilityFence(second);
        return result;
    }

    /** Moves up to {@code count} bytes between a pipe and a socket inside the kernel; 0 is the source's end. */
    public static long splice(int fromFd, int toFd, long count) {
        return splice(fromFd, toFd, count, 0);
    }

    /** As {@link #splice(int, int, long)}. @param flags {@link #SPLICE_F_MORE} or 0 */
    public static long splice(int fromFd, int toFd, long count, int flags) {
        return Libc.splice(fromFd, 0, toFd, 0, count, flags | SPLICE_F_MOVE_NONBLOCK);
    }

    // ---- pipes, events, readiness

    /** Opens a pipe: the read end's descriptor in the upper 32 bits, the write end's in the lower. */
    public static long pipe() {
        var ends = Libc.scratch().memory;
        int result = Libc.pipe2(ends.address(), NONBLOCK_CLOEXEC);
        return result < 0 ? result : (long) ends.get(JAVA_INT, 0) << 32 | ends.get(JAVA_INT, 4);
    }

    /** Asks for a pipe's capacity; gives the one it got, in bytes. -EPERM: above /proc/sys/fs/pipe-max-size, or the user has too many. */
    public static int setPipeSize(int fd, int bytes) {
        return Libc.fcntl(fd, F_SETPIPE_SZ, bytes);
    }

    /** A pipe's capacity in bytes. */
    public static int pipeSize(int fd) {
        return Libc.fcntl(fd, F_GETPIPE_SZ, 0);
    }

    /** A counter that is readable while it is not 0: written and read as 8 bytes (eventfd(2)). */
    public static int eventfd() {
        return Libc.eventfd(0, NONBLOCK_CLOEXEC);
    }

    /** A timer that is readable once its time has come, read as 8 bytes (timerfd_create(2)); by the clock of {@link System#nanoTime}. */
    public static int timerfd() {
        return Libc.timerfdCreate(CLOCK_MONOTONIC, NONBLOCK_CLOEXEC);
    }

    /**
     * Sets when a timer's time comes; what was set before is forgotten. A time that is past makes it readable at once.
     *
     * @param deadlineNs a reading of {@link System#nanoTime}, which on Linux is CLOCK_MONOTONIC and positive
     */
    public static int setTimer(int fd, long deadlineNs) {
        // struct itimerspec: interval and value, each seconds and nanoseconds. A value of 0 would disarm it.
        long at = Math.max(deadlineNs, 1);
        var memory = Libc.scratch().memory;
        memory.set(Libc.NATIVE_LONG, 0, 0);
        memory.set(Libc.NATIVE_LONG, 8, 0);
        memory.set(Libc.NATIVE_LONG, 16, at / NANOSECONDS_PER_SECOND);
        memory.set(Libc.NATIVE_LONG, 24, at % NANOSECONDS_PER_SECOND);
        return Libc.timerfdSettime(fd, TFD_TIMER_ABSTIME, memory.address(), 0);
    }

    /** Lets a timer's time never come. */
    public static int stopTimer(int fd) {
        var memory = Libc.scratch().memory;
        for (int at = 0; at < 32; at += 8) {
            memory.set(Libc.NATIVE_LONG, at, 0);
        }
        return Libc.timerfdSettime(fd, 0, memory.address(), 0);
    }

    /**
     * Waits until a descriptor is ready (poll(2)). Blocks its thread: not for a loop.
     *
     * @param events {@link #POLLIN}, {@link #POLLOUT} or both
     * @param timeoutMs 0 to look only, -1 to wait for ever
     * @return the events that are there; 0 after the timeout
     */
    public static int poll(int fd, int events, int timeoutMs) {
        var entry = Libc.scratch().memory;
        entry.set(JAVA_INT, 0, fd);
        // struct pollfd: short events, short revents.
        entry.set(JAVA_INT, 4, events & 0xFFFF);
        int result = Libc.poll(entry.address(), 1, timeoutMs);
        return result <= 0 ? result : entry.get(JAVA_INT, 4) >>> 16;
    }

    // ---- socket options

    /** Sets an option. */
    public static int set(int fd, SocketOption option, int value) {
        var memory = Libc.scratch().memory;
        memory.set(JAVA_INT, 0, value);
        return Libc.setsockopt(fd, option.level(), option.number(), memory.address(), 4);
    }

    /** An option's value. An option whose value is negative cannot be told from an error number; none of {@link SocketOption} is by itself. */
    public static int get(int fd, SocketOption option) {
        var memory = Libc.scratch().memory;
        memory.set(JAVA_INT, 8, 4);
        int result = Libc.getsockopt(fd, option.level(), option.number(), memory.address(), memory.address() + 8);
        return result < 0 ? result : memory.get(JAVA_INT, 0);
    }

    /**
     * What closing does with data not yet sent (SO_LINGER).
     *
     * @param seconds 0 throws it away and resets the connection; -1 sends it in the background, which is the default
     */
    public static int linger(int fd, int seconds) {
        var memory = Libc.scratch().memory;
        memory.set(JAVA_INT, 0, seconds < 0 ? 0 : 1);
        memory.set(JAVA_INT, 4, Math.max(seconds, 0));
        return Libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, memory.address(), 8);
    }

    /**
     * Has a socket take and send by one network interface only (SO_BINDTODEVICE).
     *
     * @param name at most 15 characters of ASCII
     * @return 0, or a negative errno: ENODEV where there is no such interface
     */
    public static int bindToDevice(int fd, String name) {
        var memory = Libc.scratch().memory;
        memory.setString(0, name, StandardCharsets.US_ASCII);
        return Libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, memory.address(), name.length() + 1);
    }

    /** Makes closing the socket reset the connection (SO_LINGER with 0 s). */
    public static int resetOnClose(int fd) {
        return linger(fd, 0);
    }

    /**
     * Has closing a socket of TCP tell the peer nothing, so that it takes the connection for open (TCP_REPAIR, which takes CAP_NET_ADMIN).
     * Without that capability a reset is sent that reaches the first router only (a TTL of 1), and so peers on the same link.
     *
     * @return whether the peer is told nothing in any case
     */
    public static boolean vanishOnClose(int fd) {
        // What came is acknowledged now: if it were sent again, the kernel would answer that it knows no such
        // connection.
        set(fd, SocketOption.TCP_QUICKACK, 1);
        if (set(fd, SocketOption.TCP_REPAIR, 1) >= 0) {
            return true;
        }
        set(fd, SocketOption.IP_TTL, 1);
        set(fd, SocketOption.IPV6_UNICAST_HOPS, 1);
        resetOnClose(fd);
        return false;
    }

    /** The socket's pending error as a positive {@link Errno}, which is cleared (SO_ERROR); 0 for none. */
    public static int socketError(int fd) {
        return Math.abs(get(fd, SocketOption.SO_ERROR));
    }

    public static int reuseAddress(int fd) {
        return set(fd, SocketOption.SO_REUSEADDR, 1);
    }

    public static int reusePort(int fd) {
        return set(fd, SocketOption.SO_REUSEPORT, 1);
    }

    /** Lets a socket be bound to an address that no interface has yet. */
    public static int freeBind(int fd, boolean isIpv6) {
        return set(fd, isIpv6 ? SocketOption.IPV6_FREEBIND : SocketOption.IP_FREEBIND, 1);
    }

    public static int keepAlive(int fd) {
        return set(fd, SocketOption.SO_KEEPALIVE, 1);
    }

    public static int tcpNoDelay(int fd) {
        return set(fd, SocketOption.TCP_NODELAY, 1);
    }

    public static int tcpUserTimeout(int fd, int milliseconds) {
        return set(fd, SocketOption.TCP_USER_TIMEOUT, milliseconds);
    }

    /** Chooses the port of a bound socket only when it connects, so that many can share one. */
    public static int bindAddressNoPort(int fd) {
        return set(fd, SocketOption.IP_BIND_ADDRESS_NO_PORT, 1);
    }

    public static int ipv6Only(int fd, boolean value) {
        return set(fd, SocketOption.IPV6_V6ONLY, value ? 1 : 0);
    }

    /**
     * Joins a multicast group on one interface (MCAST_JOIN_GROUP, RFC 3678).
     *
     * @param group an IPv4 or IPv6 multicast address
     */
    public static int joinGroup(int fd, SocketAddressBuffer group, int interfaceIndex) {
        // struct group_req: the interface's number, 4 bytes of padding, the group as a sockaddr_storage of 128 bytes.
        var memory = Libc.scratch().memory;
        memory.fill((byte) 0);
        memory.set(JAVA_INT, 0, interfaceIndex);
        group.copyTo(memory, 8);
        int level = group.family() == AddressFamily.IPV6 ? SocketOption.Level.IPV6 : SocketOption.Level.IP;
        return Libc.setsockopt(fd, level, MCAST_JOIN_GROUP, memory.address(), 136);
    }

    /** By which interface an IPv4 socket sends to groups (IP_MULTICAST_IF with a struct ip_mreqn). */
    public static int multicastInterface(int fd, int interfaceIndex) {
        var memory = Libc.scratch().memory;
        memory.set(Libc.NATIVE_LONG, 0, 0);
        memory.set(JAVA_INT, 8, interfaceIndex);
        return Libc.setsockopt(fd, SocketOption.Level.IP, IP_MULTICAST_IF, memory.address(), 12);
    }

    /** Lets the kernel drop what a filter does not want, before it takes room in the socket's buffer. */
    public static int attachFilter(int fd, SocketFilter filter) {
        // struct sock_fprog: the number of instructions, 6 bytes of padding, their address.
        var memory = Libc.scratch().memory;
        memory.set(Libc.NATIVE_LONG, 0, 0);
        memory.set(JAVA_INT, 0, filter.length());
        memory.set(Libc.NATIVE_LONG, 8, filter.memory().address());
        int result = Libc.setsockopt(fd, SocketOption.Level.SOCKET, SO_ATTACH_FILTER, memory.address(), 16);
        Reference.reachabilityFence(filter);
        return result;
    }
}

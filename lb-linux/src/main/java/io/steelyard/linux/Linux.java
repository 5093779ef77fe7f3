package io.steelyard.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls of TCP proxying (man-pages section 2, 7). A result is what the call gives, or the negative {@link Errno}. Safe for all
 * threads, as far as descriptors are; nothing here allocates once a thread has made its first call.
 */
public final class Linux {
    private static final MethodHandle SOCKET = SystemCall.function("socket", false, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = SystemCall.function("bind", false, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = SystemCall.function("listen", false, JAVA_INT, JAVA_INT);
    private static final MethodHandle CONNECT = SystemCall.function("connect", false, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle ACCEPT4 =
            SystemCall.function("accept4", false, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME =
            SystemCall.function("getsockname", false, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            SystemCall.function("setsockopt", false, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            SystemCall.function("getsockopt", false, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle RECV = SystemCall.function("recv", true, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = SystemCall.function("send", true, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = SystemCall.function("shutdown", false, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = SystemCall.function("close", false, JAVA_INT);
    private static final MethodHandle PIPE2 = SystemCall.function("pipe2", false, ADDRESS, JAVA_INT);
    private static final MethodHandle FCNTL = SystemCall.variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SPLICE =
            SystemCall.function("splice", true, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_WR = 1;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int SPLICE_F_MOVE = 1;
    private static final int SPLICE_F_NONBLOCK = 2;

    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_LINGER = 13;
    private static final int SO_REUSEPORT = 15;
    private static final int IPPROTO_IP = 0;
    private static final int IP_BIND_ADDRESS_NO_PORT = 24;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    private static final MemorySegment ONE = constant(1);
    private static final MemorySegment ZERO = constant(0);
    private static final MemorySegment LINGER_RESET = linger(1, 0);
    private static final ThreadLocal<MemorySegment> SCRATCH =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

    private Linux() {}

    /** A TCP socket that does not block and is not inherited. */
    public static int tcpSocket(boolean isIpv6) {
        return socket(isIpv6 ? SocketAddressBuffer.AF_INET6 : SocketAddressBuffer.AF_INET);
    }

    /** A UNIX stream socket that does not block and is not inherited. */
    public static int unixStreamSocket() {
        return socket(SocketAddressBuffer.AF_UNIX);
    }

    private static int socket(int family) {
        var state = SystemCall.state();
        try {
            return SystemCall.result(
                    (int) SOCKET.invokeExact(state, family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    public static int bind(int fd, SocketAddressBuffer local) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((int) BIND.invokeExact(state, fd, local.address(), local.lengthBytes()), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    public static int listen(int fd, int backlog) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((int) LISTEN.invokeExact(state, fd, backlog), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Mostly gives -EINPROGRESS: the socket is writable when the attempt has ended, and {@link #socketError} says how. */
    public static int connect(int fd, SocketAddressBuffer remote) {
        var state = SystemCall.state();
        try {
            return SystemCall.result(
                    (int) CONNECT.invokeExact(state, fd, remote.address(), remote.lengthBytes()), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Accepts a connection that does not block and is not inherited; {@code peer} gets the other side's address. */
    public static int accept(int fd, SocketAddressBuffer peer) {
        var state = SystemCall.state();
        peer.makeRoom();
        try {
            return SystemCall.result(
                    (int) ACCEPT4.invokeExact(state, fd, peer.address(), peer.length(), SOCK_NONBLOCK | SOCK_CLOEXEC),
                    state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** The socket's own address (getsockname(2)). */
    public static int localAddress(int fd, SocketAddressBuffer local) {
        var state = SystemCall.state();
        local.makeRoom();
        try {
            return SystemCall.result((int) GETSOCKNAME.invokeExact(state, fd, local.address(), local.length()), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Reads up to {@code count} bytes to {@code offset}; 0 is the end. */
    public static long recv(int fd, MemorySegment buffer, long offset, long count) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((long) RECV.invokeExact(state, fd, buffer.asSlice(offset), count, 0), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Writes up to {@code count} bytes from {@code offset}; never raises SIGPIPE. */
    public static long send(int fd, MemorySegment buffer, long offset, long count) {
        var state = SystemCall.state();
        try {
            return SystemCall.result(
                    (long) SEND.invokeExact(state, fd, buffer.asSlice(offset), count, MSG_NOSIGNAL), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Says that nothing more will be sent. */
    public static int shutdownWrite(int fd) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((int) SHUTDOWN.invokeExact(state, fd, SHUT_WR), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    public static int close(int fd) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Opens a pipe whose ends do not block: the read end's descriptor in the upper 32 bits, the write end's in the lower. */
    public static long pipe() {
        var state = SystemCall.state();
        var ends = SCRATCH.get();
        try {
            int result = SystemCall.result((int) PIPE2.invokeExact(state, ends, SOCK_NONBLOCK | SOCK_CLOEXEC), state);
            return result < 0 ? result : (long) ends.get(JAVA_INT, 0) << 32 | ends.get(JAVA_INT, 4);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Asks for a pipe's capacity; gives the one it got, in bytes. */
    public static int setPipeSize(int fd, int bytes) {
        return fcntl(fd, F_SETPIPE_SZ, bytes);
    }

    /** A pipe's capacity in bytes. */
    public static int pipeSize(int fd) {
        return fcntl(fd, F_GETPIPE_SZ, 0);
    }

    private static int fcntl(int fd, int command, int argument) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((int) FCNTL.invokeExact(state, fd, command, argument), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    /** Moves up to {@code count} bytes between a pipe and a socket inside the kernel; 0 is the source's end. */
    public static long splice(int fromFd, int toFd, long count) {
        var state = SystemCall.state();
        try {
            return SystemCall.result(
                    (long) SPLICE.invokeExact(
                            state,
                            fromFd,
                            MemorySegment.NULL,
                            toFd,
                            MemorySegment.NULL,
                            count,
                            SPLICE_F_MOVE | SPLICE_F_NONBLOCK),
                    state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    // ---- socket options

    public static int reuseAddress(int fd) {
        return setOption(fd, SOL_SOCKET, SO_REUSEADDR, ONE, 4);
    }

    public static int reusePort(int fd) {
        return setOption(fd, SOL_SOCKET, SO_REUSEPORT, ONE, 4);
    }

    public static int keepAlive(int fd) {
        return setOption(fd, SOL_SOCKET, SO_KEEPALIVE, ONE, 4);
    }

    public static int tcpNoDelay(int fd) {
        return setOption(fd, IPPROTO_TCP, TCP_NODELAY, ONE, 4);
    }

    /** Chooses the port of a bound socket only when it connects, so that many can share one. */
    public static int bindAddressNoPort(int fd) {
        return setOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, ONE, 4);
    }

    public static int ipv6Only(int fd, boolean value) {
        return setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, value ? ONE : ZERO, 4);
    }

    public static int tcpUserTimeout(int fd, int milliseconds) {
        var value = SCRATCH.get();
        value.set(JAVA_INT, 0, milliseconds);
        return setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, value, 4);
    }

    /** Makes closing the socket reset the connection (SO_LINGER with 0 s). */
    public static int resetOnClose(int fd) {
        return setOption(fd, SOL_SOCKET, SO_LINGER, LINGER_RESET, 8);
    }

    /** The socket's pending error, which is cleared (SO_ERROR); 0 for none. */
    public static int socketError(int fd) {
        var state = SystemCall.state();
        var value = SCRATCH.get();
        var length = value.asSlice(8, 4);
        length.set(JAVA_INT, 0, 4);
        try {
            int result = SystemCall.result(
                    (int) GETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_ERROR, value, length), state);
            return result < 0 ? -result : value.get(JAVA_INT, 0);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    private static int setOption(int fd, int level, int option, MemorySegment value, int length) {
        var state = SystemCall.state();
        try {
            return SystemCall.result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length), state);
        } catch (Throwable thrown) {
            throw SystemCall.failed(thrown);
        }
    }

    private static MemorySegment constant(int value) {
        var segment = Arena.global().allocate(4, 4);
        segment.set(JAVA_INT, 0, value);
        return segment;
    }

    private static MemorySegment linger(int on, int seconds) {
        var segment = Arena.global().allocate(8, 4);
        segment.set(JAVA_INT, 0, on);
        segment.set(JAVA_INT, 4, seconds);
        return segment;
    }
}

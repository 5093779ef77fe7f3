package io.steelyard.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Objects;

/**
 * The C library's functions, one method each: the function's value, or the negative error number. Memory is given by its address; who calls
 * keeps it alive.
 *
 * <p>The handles take addresses as numbers, and their fields are deliberately not final. A call that captures errno allocates a slice
 * (SharedUtils.checkCaptureSegment in JDK 25), which the compiler removes only where it succeeds with the whole method around it; inlined
 * into the body of an event loop it often does not, and each call costs 40 bytes. A handle that is no constant is not inlined: its code is
 * compiled by itself, where the slice always goes, and the one indirect call is lost in the cost of the system call.
 * {@code Linker.Option.critical} is not used: no gain could be measured on a recv(2) that returns EAGAIN, and a thread inside such a call
 * holds up every safepoint.
 */
final class Libc {
    /** size_t, pointers. */
    static final ValueLayout.OfLong NATIVE_LONG = ValueLayout.JAVA_LONG;

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    /** Where a thread's calls leave their error number, and room for small arguments; no thread sees another's. */
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private static MethodHandle SOCKET = ints("socket", 3);
    private static MethodHandle BIND = function("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle LISTEN = ints("listen", 2);
    private static MethodHandle CONNECT = function("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle ACCEPT4 = function("accept4", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static MethodHandle GETSOCKNAME = function("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static MethodHandle GETPEERNAME = function("getpeername", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static MethodHandle SETSOCKOPT =
            function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle GETSOCKOPT =
            function("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static MethodHandle SHUTDOWN = ints("shutdown", 2);
    private static MethodHandle CLOSE = ints("close", 1);
    private static MethodHandle DUP2 = ints("dup2", 2);
    private static MethodHandle KILL = ints("kill", 2);
    private static MethodHandle EVENTFD = ints("eventfd", 2);
    private static MethodHandle TIMERFD_CREATE = ints("timerfd_create", 2);
    private static MethodHandle TIMERFD_SETTIME =
            function("timerfd_settime", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static MethodHandle PIPE2 = function("pipe2", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle FCNTL = link(
            "fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static MethodHandle POLL = function("poll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static MethodHandle EPOLL_CREATE1 = ints("epoll_create1", 1);
    private static MethodHandle EPOLL_CTL = function("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static MethodHandle EPOLL_WAIT = function("epoll_wait", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static MethodHandle READ = function("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static MethodHandle WRITE = function("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static MethodHandle WRITEV = function("writev", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle RECV = function("recv", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static MethodHandle SEND = function("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static MethodHandle SPLICE =
            function("splice", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static MethodHandle RECVMSG = function("recvmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle SENDMSG = function("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static MethodHandle RECVMMSG =
            function("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static MethodHandle SENDMMSG = function("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static MethodHandle MMAP =
            function("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static MethodHandle MUNMAP = function("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);

    private Libc() {}

    /** A thread's own memory; values of one call only. */
    static final class Scratch {
        private final MemorySegment callState = Arena.ofAuto().allocate(CALL_STATE);
        final MemorySegment memory = Arena.ofAuto().allocate(144, 8);

        private int result(int value) {
            return value >= 0 ? value : -callState.get(JAVA_INT, ERRNO_OFFSET);
        }

        private int result(long value) {
            return value >= 0 ? (int) value : -callState.get(JAVA_INT, ERRNO_OFFSET);
        }
    }

    static Scratch scratch() {
        return SCRATCH.get();
    }

    /**
     * The address of a piece of native memory.
     *
     * @throws IndexOutOfBoundsException where the piece is not within {@code memory}
     * @throws IllegalArgumentException where {@code memory} is on the Java heap
     * @throws IllegalStateException where {@code memory} has been freed
     */
    static long address(MemorySegment memory, long offset, long lengthBytes) {
        Objects.checkFromIndexSize(offset, lengthBytes, memory.byteSize());
        if (!memory.isNative()) {
            throw new IllegalArgumentException("the kernel needs native memory; this segment is on the Java heap");
        }
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("the memory has been freed");
        }
        return memory.address() + offset;
    }

    static int socket(int family, int type, int protocol) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) SOCKET.invokeExact(scratch.callState, family, type, protocol));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int bind(int fd, long address, int addressLength) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) BIND.invokeExact(scratch.callState, fd, address, addressLength));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int listen(int fd, int backlog) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) LISTEN.invokeExact(scratch.callState, fd, backlog));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int connect(int fd, long address, int addressLength) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) CONNECT.invokeExact(scratch.callState, fd, address, addressLength));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int accept4(int fd, long address, long addressLength, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) ACCEPT4.invokeExact(scratch.callState, fd, address, addressLength, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int getsockname(int fd, long address, long addressLength) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) GETSOCKNAME.invokeExact(scratch.callState, fd, address, addressLength));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int getpeername(int fd, long address, long addressLength) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) GETPEERNAME.invokeExact(scratch.callState, fd, address, addressLength));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int setsockopt(int fd, int level, int option, long value, int valueLength) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result(
                    (int) SETSOCKOPT.invokeExact(scratch.callState, fd, level, option, value, valueLength));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int getsockopt(int fd, int level, int option, long value, long valueLength) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result(
                    (int) GETSOCKOPT.invokeExact(scratch.callState, fd, level, option, value, valueLength));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int shutdown(int fd, int how) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) SHUTDOWN.invokeExact(scratch.callState, fd, how));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int close(int fd) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) CLOSE.invokeExact(scratch.callState, fd));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int dup2(int from, int to) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) DUP2.invokeExact(scratch.callState, from, to));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int kill(int pid, int signal) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) KILL.invokeExact(scratch.callState, pid, signal));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int eventfd(int initial, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) EVENTFD.invokeExact(scratch.callState, initial, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int timerfdCreate(int clock, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) TIMERFD_CREATE.invokeExact(scratch.callState, clock, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int timerfdSettime(int fd, int flags, long value, long old) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) TIMERFD_SETTIME.invokeExact(scratch.callState, fd, flags, value, old));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int pipe2(long descriptors, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) PIPE2.invokeExact(scratch.callState, descriptors, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int fcntl(int fd, int command, int argument) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) FCNTL.invokeExact(scratch.callState, fd, command, argument));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int poll(long descriptors, long count, int timeoutMs) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) POLL.invokeExact(scratch.callState, descriptors, count, timeoutMs));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int epollCreate1(int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) EPOLL_CREATE1.invokeExact(scratch.callState, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int epollCtl(int set, int operation, int fd, long event) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) EPOLL_CTL.invokeExact(scratch.callState, set, operation, fd, event));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int epollWait(int set, long events, int count, int timeoutMs) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) EPOLL_WAIT.invokeExact(scratch.callState, set, events, count, timeoutMs));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int read(int fd, long buffer, long length) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) READ.invokeExact(scratch.callState, fd, buffer, length));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int write(int fd, long buffer, long length) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) WRITE.invokeExact(scratch.callState, fd, buffer, length));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int writev(int fd, long vectors, int count) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) WRITEV.invokeExact(scratch.callState, fd, vectors, count));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int recv(int fd, long buffer, long length, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) RECV.invokeExact(scratch.callState, fd, buffer, length, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int send(int fd, long buffer, long length, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) SEND.invokeExact(scratch.callState, fd, buffer, length, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int splice(int fromFd, long fromOffset, int toFd, long toOffset, long length, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result(
                    (long) SPLICE.invokeExact(scratch.callState, fromFd, fromOffset, toFd, toOffset, length, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int recvmsg(int fd, long message, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) RECVMSG.invokeExact(scratch.callState, fd, message, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int sendmsg(int fd, long message, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((long) SENDMSG.invokeExact(scratch.callState, fd, message, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int recvmmsg(int fd, long messages, int count, int flags, long timeout) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) RECVMMSG.invokeExact(scratch.callState, fd, messages, count, flags, timeout));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int sendmmsg(int fd, long messages, int count, int flags) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) SENDMMSG.invokeExact(scratch.callState, fd, messages, count, flags));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    static int munmap(long address, long length) {
        var scratch = SCRATCH.get();
        try {
            return scratch.result((int) MUNMAP.invokeExact(scratch.callState, address, length));
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
    }

    /** Memory of its own whose pages are taken from the system when first written. Freed when nothing refers to the segment. */
    static MemorySegment mapAnonymous(long lengthBytes) {
        int readWrite = 0x3;
        int privateAnonymous = 0x22;
        var scratch = SCRATCH.get();
        long address;
        try {
            address = (long) MMAP.invokeExact(scratch.callState, 0L, lengthBytes, readWrite, privateAnonymous, -1, 0L);
        } catch (Throwable impossible) {
            throw unexpected(impossible);
        }
        if (address == -1) {
            throw new OutOfMemoryError(
                    "mmap of " + lengthBytes + " bytes: " + Errno.text(scratch.callState.get(JAVA_INT, ERRNO_OFFSET)));
        }
        return MemorySegment.ofAddress(address)
                .reinterpret(lengthBytes, Arena.ofAuto(), memory -> munmap(memory.address(), lengthBytes));
    }

    private static MethodHandle ints(String name, int arguments) {
        var layouts = new MemoryLayout[arguments];
        Arrays.fill(layouts, JAVA_INT);
        return function(name, JAVA_INT, layouts);
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        var symbol = linker.defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("the C library has no function " + name));
        try {
            return linker.downcallHandle(symbol, descriptor, options);
        } catch (IllegalCallerException denied) {
            throw new IllegalStateException(
                    "Linux system calls cannot be used: the JVM denies native access; start it with "
                            + NativeAccess.enablingOption(),
                    denied);
        }
    }

    private static AssertionError unexpected(Throwable thrown) {
        return new AssertionError("a downcall threw", thrown);
    }
}

package io.steelyard.linux;

import java.util.Locale;

/**
 * The error numbers of Linux (errno(3)); x86_64 and aarch64 have the same ones. Every method takes a number of either sign, so that a call's
 * negative result can be given as it is.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int ENOTSOCK = 88;
    public static final int EDESTADDRREQ = 89;
    public static final int EMSGSIZE = 90;
    public static final int EPROTOTYPE = 91;
    public static final int ENOPROTOOPT = 92;
    public static final int EPROTONOSUPPORT = 93;
    public static final int ESOCKTNOSUPPORT = 94;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENETRESET = 102;
    public static final int ECONNABORTED = 103;
    public static final int EPROTO = 71;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ENOTCONN = 107;
    public static final int ESHUTDOWN = 108;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;

    /** Another name of {@link #EAGAIN}. */
    public static final int EWOULDBLOCK = EAGAIN;

    private Errno() {}

    /** Such as {@code EADDRINUSE}; {@code errno 250} for one that has no name here. */
    public static String name(int errno) {
        var text = text(errno);
        return text.substring(0, text.indexOf(':'));
    }

    /** The reason alone, such as {@code address already in use}. */
    public static String reason(int errno) {
        var text = text(errno);
        return text.substring(text.indexOf(':') + 2);
    }

    /**
     * Gives a call's result back where it is a value.
     *
     * @param result what the call returned
     * @param what the call and what it was about, for the message
     * @throws ErrnoException where {@code result} is negative
     */
    public static int check(int result, String what) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(what, result);
        }
        return result;
    }

    /** Whether a non-blocking call only has to be tried again, later or at once: EAGAIN and EINTR. */
    public static boolean isTransient(int errno) {
        int positive = Math.abs(errno);
        return positive == EAGAIN || positive == EINTR;
    }

    /** For people: {@code EADDRINUSE: address already in use}. */
    public static String text(int errno) {
        int positive = Math.abs(errno);
        return switch (positive) {
            case EPERM -> "EPERM: operation not permitted";
            case ENOENT -> "ENOENT: no such file or directory";
            case ESRCH -> "ESRCH: no such entry or process";
            case EINTR -> "EINTR: interrupted by a signal";
            case EIO -> "EIO: input or output error";
            case ENXIO -> "ENXIO: no such device or address";
            case EBADF -> "EBADF: not an open file descriptor";
            case EAGAIN -> "EAGAIN: not possible without waiting";
            case ENOMEM -> "ENOMEM: out of memory";
            case EACCES -> "EACCES: permission denied";
            case EFAULT -> "EFAULT: address outside the process's memory";
            case EBUSY -> "EBUSY: device or resource busy";
            case EEXIST -> "EEXIST: exists already";
            case ENODEV -> "ENODEV: no such device";
            case ENOTDIR -> "ENOTDIR: not a directory";
            case EISDIR -> "EISDIR: is a directory";
            case EINVAL -> "EINVAL: invalid argument";
            case ENFILE -> "ENFILE: too many open files in the system";
            case EMFILE -> "EMFILE: too many open files in this process";
            case ENOSPC -> "ENOSPC: no space left";
            case ESPIPE -> "ESPIPE: a pipe cannot be positioned";
            case EROFS -> "EROFS: the file system is read-only";
            case EPIPE -> "EPIPE: nothing reads the other end any more";
            case ENAMETOOLONG -> "ENAMETOOLONG: name too long";
            case ENOSYS -> "ENOSYS: the kernel lacks this call";
            case ELOOP -> "ELOOP: too many symbolic links";
            case ENOTSOCK -> "ENOTSOCK: not a socket";
            case EDESTADDRREQ -> "EDESTADDRREQ: destination address required";
            case EMSGSIZE -> "EMSGSIZE: message too long";
            case EPROTOTYPE -> "EPROTOTYPE: wrong kind of socket for the protocol";
            case ENOPROTOOPT -> "ENOPROTOOPT: the protocol has no such option";
            case EPROTONOSUPPORT -> "EPROTONOSUPPORT: protocol not supported";
            case ESOCKTNOSUPPORT -> "ESOCKTNOSUPPORT: kind of socket not supported";
            case EOPNOTSUPP -> "EOPNOTSUPP: operation not supported";
            case EAFNOSUPPORT -> "EAFNOSUPPORT: address family not supported";
            case EADDRINUSE -> "EADDRINUSE: address already in use";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL: not an address of this machine";
            case ENETDOWN -> "ENETDOWN: the network is down";
            case ENETUNREACH -> "ENETUNREACH: the network cannot be reached";
            case ENETRESET -> "ENETRESET: connection ended by network reset";
            case ECONNABORTED -> "ECONNABORTED: connection aborted";
            case EPROTO -> "EPROTO: the other side does not keep to the protocol";
            case ECONNRESET -> "ECONNRESET: connection reset by the other side";
            case ENOBUFS -> "ENOBUFS: no buffer space left";
            case EISCONN -> "EISCONN: already connected";
            case ENOTCONN -> "ENOTCONN: not connected";
            case ESHUTDOWN -> "ESHUTDOWN: the other end is shut down";
            case ETIMEDOUT -> "ETIMEDOUT: timed out";
            case ECONNREFUSED -> "ECONNREFUSED: connection refused";
            case EHOSTDOWN -> "EHOSTDOWN: the host is down";
            case EHOSTUNREACH -> "EHOSTUNREACH: no route to the host";
            case EALREADY -> "EALREADY: already under way";
            case EINPROGRESS -> "EINPROGRESS: now under way";
            default -> String.format(Locale.ROOT, "errno %d: unknown error", positive);
        };
    }
}

package io.steelyard.linux;

/** Error numbers of Linux (include/uapi/asm-generic/errno*.h), which x86_64 and aarch64 share. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int EPIPE = 32;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int ENOTCONN = 107;
    public static final int EISCONN = 106;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;

    private Errno() {}

    /** For people: {@code EADDRINUSE: address already in use}. */
    public static String text(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM: operation not permitted";
            case ENOENT -> "ENOENT: no such file";
            case EINTR -> "EINTR: interrupted";
            case EBADF -> "EBADF: bad file descriptor";
            case EAGAIN -> "EAGAIN: would block";
            case ENOMEM -> "ENOMEM: out of memory";
            case EACCES -> "EACCES: permission denied";
            case EINVAL -> "EINVAL: invalid argument";
            case ENFILE -> "ENFILE: the system is out of file descriptors";
            case EMFILE -> "EMFILE: out of file descriptors";
            case EPIPE -> "EPIPE: broken pipe";
            case EADDRINUSE -> "EADDRINUSE: address already in use";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL: address not available";
            case ENETDOWN -> "ENETDOWN: network is down";
            case ENETUNREACH -> "ENETUNREACH: network unreachable";
            case ECONNABORTED -> "ECONNABORTED: connection aborted";
            case ECONNRESET -> "ECONNRESET: connection reset by peer";
            case ENOBUFS -> "ENOBUFS: no buffer space";
            case ENOTCONN -> "ENOTCONN: not connected";
            case ETIMEDOUT -> "ETIMEDOUT: timed out";
            case ECONNREFUSED -> "ECONNREFUSED: connection refused";
            case EHOSTUNREACH -> "EHOSTUNREACH: no route to host";
            case EINPROGRESS -> "EINPROGRESS: in progress";
            default -> "errno " + errno;
        };
    }
}

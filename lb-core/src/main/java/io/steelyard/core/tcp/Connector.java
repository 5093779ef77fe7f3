package io.steelyard.core.tcp;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Opens sockets to servers. Owned by one loop. */
public final class Connector {
    private final SocketAddressBuffer remote;
    private final SocketAddressBuffer source;

    Connector(Arena arena) {
        remote = SocketAddressBuffer.allocate(arena);
        source = SocketAddressBuffer.allocate(arena);
    }

    /**
     * Begins to connect without waiting, from the local address that the options fix.
     *
     * @return the socket, which is writable when the attempt has ended; or a negative errno
     */
    public int connect(ServerAddress address, ProxyOptions options) {
        return connect(address, options, options.sourceAddress().orElse(null), options.sourcePort());
    }

    /**
     * Begins to connect without waiting.
     *
     * @param from the local address and port (0 for any) of a TCP connection; null for the system's choice
     * @return the socket, which is writable when the attempt has ended; or a negative errno
     */
    public int connect(ServerAddress address, ProxyOptions options, @Nullable InetSocketAddress from) {
        return from == null
                ? connect(address, options, null, 0)
                : connect(address, options, from.getAddress(), from.getPort());
    }

    private int connect(ServerAddress address, ProxyOptions options, @Nullable InetAddress from, int fromPort) {
        return switch (address) {
            case ServerAddress.Ip ip -> connectTcp(ip, options, from, fromPort);
            case ServerAddress.Unix unix -> {
                int fd = Linux.unixStreamSocket();
                yield fd < 0 ? fd : start(fd, unix);
            }
            case ServerAddress.Name name -> throw unresolved(name);
        };
    }

    /**
     * How an attempt to connect went, asked when the socket seems to be writable.
     *
     * @return 0 where it is connected, -EALREADY where it is still under way, another negative errno where it failed
     */
    public int outcome(int fd, ServerAddress address) {
        // Asking by connect(2) again, and not by SO_ERROR, tells an attempt that is under way from one that succeeded.
        fill(address);
        int result = Linux.connect(fd, remote);
        return result == -Errno.EISCONN ? 0 : result;
    }

    /** Sets on a connection what its virtual server asks for. */
    public static void applyTo(int fd, ProxyOptions options, boolean keepAlive) {
        if (keepAlive) {
            Linux.keepAlive(fd);
        }
        if (!options.userTimeout().isZero()) {
            Linux.tcpUserTimeout(fd, (int) Math.min(options.userTimeout().toMillis(), Integer.MAX_VALUE));
        }
    }

    /** Whether an error comes from this machine's limits and says nothing of the server. */
    public static boolean isOurFault(int errno) {
        return switch (errno) {
            case Errno.EMFILE,
                    Errno.ENFILE,
                    Errno.ENOBUFS,
                    Errno.ENOMEM,
                    Errno.EADDRNOTAVAIL,
                    Errno.EADDRINUSE,
                    Errno.EAFNOSUPPORT,
                    Errno.EINVAL,
                    Errno.EACCES,
                    Errno.EPERM -> true;
            default -> false;
        };
    }

    /** What to do about an error that {@link #isOurFault}, to be put behind its text. */
    public static String remedy(int errno) {
        return switch (errno) {
            case Errno.EMFILE, Errno.ENFILE -> "; raise the limit of open files (ulimit -n)";
            case Errno.EADDRNOTAVAIL, Errno.EADDRINUSE ->
                "; the source address has no free port, or is not this machine's";
            case Errno.EAFNOSUPPORT, Errno.EINVAL -> "; the source address is not of the server's family";
            case Errno.EPERM -> "; a source address of another machine takes the capability CAP_NET_ADMIN";
            default -> "";
        };
    }

    private int connectTcp(ServerAddress.Ip address, ProxyOptions options, @Nullable InetAddress from, int fromPort) {
        boolean isIpv6 = address.address() instanceof Inet6Address;
        int fd = Linux.tcpSocket(isIpv6);
        if (fd < 0) {
            return fd;
        }
        Linux.tcpNoDelay(fd);
        applyTo(fd, options, options.keepAlive());
        if (from != null) {
            source.set(from, fromPort);
            int result = bind(fd, options.transparent(), isIpv6);
            if (result < 0) {
                Linux.close(fd);
                return result;
            }
        }
        return start(fd, address);
    }

    /** Binds to {@link #source}. */
    private int bind(int fd, boolean isTransparent, boolean isIpv6) {
        if (isTransparent) {
            int result = Linux.set(fd, isIpv6 ? SocketOption.IPV6_TRANSPARENT : SocketOption.IP_TRANSPARENT, 1);
            if (result < 0) {
                return result;
            }
        }
        if (source.port() == 0) {
            Linux.bindAddressNoPort(fd);
        } else {
            // A port serves a connection to each server, also behind one that ended lately.
            Linux.reuseAddress(fd);
        }
        return Linux.bind(fd, source);
    }

    private void fill(ServerAddress address) {
        switch (address) {
            case ServerAddress.Ip ip -> remote.set(ip.address(), ip.port());
            case ServerAddress.Unix unix -> remote.setUnix(unix.path());
            case ServerAddress.Name name -> throw unresolved(name);
        }
    }

    private static IllegalStateException unresolved(ServerAddress.Name name) {
        return new IllegalStateException("server " + name.text() + " was not resolved before it was used");
    }

    private int start(int fd, ServerAddress address) {
        fill(address);
        int result = Linux.connect(fd, remote);
        if (result < 0 && result != -Errno.EINPROGRESS) {
            Linux.close(fd);
            return result;
        }
        return fd;
    }
}

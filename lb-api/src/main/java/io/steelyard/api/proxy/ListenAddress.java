package io.steelyard.api.proxy;

import io.steelyard.api.pool.ServerAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * Where clients are accepted: one address and a range of ports, or a UNIX socket.
 *
 * @param address the local address; {@code 0.0.0.0} or {@code ::} for all of its family; {@code 0.0.0.0} with a UNIX socket
 * @param firstPort 1 to 65535; 0 with a UNIX socket
 * @param lastPort from {@code firstPort} to 65535; 0 with a UNIX socket
 * @param backlog how many connections may wait to be accepted; 0 for 511
 * @param ipv6Only whether {@code ::} leaves IPv4 clients out
 * @param keepAlive whether accepted connections probe idle peers (SO_KEEPALIVE)
 * @param proxyProtocol TCP: whether connections begin with a PROXY protocol header of either version; one without is closed
 *     (nginx {@code listen … proxy_protocol}, HAProxy {@code accept-proxy}); see {@link ProxyOptions#trustedProxies}
 * @param tls TCP: whether TLS is spoken with clients, behind the PROXY protocol header where there is one; how, the virtual server or the HTTP host
 *     says (nginx {@code listen … ssl}, HAProxy {@code bind … ssl})
 * @param descriptor TCP: a listening socket that the process inherited, which is used instead of a new one and must be bound to
 *     {@code address} and the only port (HAProxy {@code bind fd@N}); -1 for none
 * @param transparent TCP: whether the address may be one that no interface of this machine has, as where other machines' connections are
 *     led here (IP_TRANSPARENT, which takes CAP_NET_ADMIN; HAProxy {@code bind … transparent})
 * @param interfaceName TCP: the network interface that connections must come in by (SO_BINDTODEVICE; HAProxy {@code bind … interface});
 *     empty for any
 * @param spokenHttp TCP: which versions of HTTP its connections speak; without a meaning where HTTP is not served
 * @param unixSocket TCP: a UNIX socket in place of an address (nginx {@code listen unix:PATH}, HAProxy {@code bind unix@PATH}); without what is
 *     only of addresses: {@code descriptor}, {@code transparent} and {@code interfaceName}
 */
public record ListenAddress(
        InetAddress address,
        int firstPort,
        int lastPort,
        int backlog,
        boolean ipv6Only,
        boolean keepAlive,
        boolean proxyProtocol,
        boolean tls,
        int descriptor,
        boolean transparent,
        String interfaceName,
        SpokenHttp spokenHttp,
        Optional<UnixSocket> unixSocket) {
    private static final String UNIX = "unix:";

    /** Of an interface's name, without the byte that ends it (Linux {@code IFNAMSIZ}). */
    public static final int MOST_INTERFACE_CHARACTERS = 15;

    public ListenAddress {
        if (interfaceName.length() > MOST_INTERFACE_CHARACTERS
                || !interfaceName.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '/')) {
            throw new IllegalArgumentException("'" + interfaceName
                    + "' is no name of a network interface; expected at most 15 printable characters without slash");
        }
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(spokenHttp, "spokenHttp");
        Objects.requireNonNull(unixSocket, "unixSocket");
        if (unixSocket.isPresent()) {
            if (firstPort != 0 || lastPort != 0 || descriptor >= 0 || transparent || !interfaceName.isEmpty()) {
                throw new IllegalArgumentException(
                        "a UNIX socket has a port, a descriptor, an interface or the address of"
                                + " others; expected none of them");
            }
        } else if (firstPort < 1 || lastPort > 65_535 || lastPort < firstPort) {
            throw new IllegalArgumentException(
                    "port " + (firstPort == lastPort ? "" + firstPort : firstPort + "-" + lastPort)
                            + " is out of range; expected 1 to 65535");
        }
        if (backlog < 0) {
            throw new IllegalArgumentException("backlog is " + backlog + ", expected at least 0");
        }
        if (descriptor < -1 || descriptor >= 0 && firstPort != lastPort) {
            throw new IllegalArgumentException(
                    "descriptor is " + descriptor + ", expected -1, or at least 0 with a single port");
        }
    }

    /** With a socket of its own. */
    public ListenAddress(
            InetAddress address,
            int firstPort,
            int lastPort,
            int backlog,
            boolean ipv6Only,
            boolean keepAlive,
            boolean proxyProtocol,
            boolean tls) {
        this(
                address,
                firstPort,
                lastPort,
                backlog,
                ipv6Only,
                keepAlive,
                proxyProtocol,
                tls,
                -1,
                false,
                "",
                SpokenHttp.AGREED,
                Optional.empty());
    }

    /** Of connections without a PROXY protocol header and without TLS. */
    public ListenAddress(
            InetAddress address, int firstPort, int lastPort, int backlog, boolean ipv6Only, boolean keepAlive) {
        this(address, firstPort, lastPort, backlog, ipv6Only, keepAlive, false, false);
    }

    /** The same with connections that begin with a PROXY protocol header, or do not. */
    public ListenAddress proxyProtocol(boolean value) {
        var draft = new Draft(this);
        draft.proxyProtocol = value;
        return draft.made();
    }

    /** The same where so many connections may wait; 0 for 511. */
    public ListenAddress backlog(int value) {
        var draft = new Draft(this);
        draft.backlog = value;
        return draft.made();
    }

    /** The same with TLS, or without. */
    public ListenAddress tls(boolean value) {
        var draft = new Draft(this);
        draft.tls = value;
        return draft.made();
    }

    /** The same on a listening socket that the process inherited; -1 for a socket of its own. */
    public ListenAddress descriptor(int value) {
        var draft = new Draft(this);
        draft.descriptor = value;
        return draft.made();
    }

    /** The same where it may be an address of others, or may not. */
    public ListenAddress transparent(boolean value) {
        var draft = new Draft(this);
        draft.transparent = value;
        return draft.made();
    }

    /** The same for connections that come in by one network interface; empty for any. */
    public ListenAddress interfaceName(String value) {
        var draft = new Draft(this);
        draft.interfaceName = value;
        return draft.made();
    }

    /** The same with other versions of HTTP. */
    public ListenAddress spokenHttp(SpokenHttp value) {
        var draft = new Draft(this);
        draft.spokenHttp = value;
        return draft.made();
    }

    /** The same on a UNIX socket with these rights; for an address on a UNIX socket only. */
    public ListenAddress unixSocket(UnixSocket value) {
        var draft = new Draft(this);
        draft.unixSocket = Optional.of(value);
        return draft.made();
    }

    /** A UNIX socket: connections without a PROXY protocol header and without TLS. */
    public static ListenAddress of(UnixSocket socket) {
        return new ListenAddress(
                ServerAddress.numericAddress("0.0.0.0"),
                0,
                0,
                0,
                true,
                false,
                false,
                false,
                -1,
                false,
                "",
                SpokenHttp.AGREED,
                Optional.of(socket));
    }

    /** Whether it is a UNIX socket. */
    public boolean isUnix() {
        return unixSocket.isPresent();
    }

    /** The same for one of its ports. */
    public ListenAddress onPort(int port) {
        var draft = new Draft(this);
        draft.firstPort = port;
        draft.lastPort = port;
        return draft.made();
    }

    /**
     * Reads {@code 127.0.0.1:80}, {@code [::]:80}, {@code *:80}, {@code 80}, {@code 10.0.0.1:8000-8009}, {@code unix:/run/lb.sock} or
     * {@code unix:@name}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static ListenAddress parse(String text) {
        if (text.startsWith(UNIX)) {
            return of(UnixSocket.of(text.substring(UNIX.length())));
        }
        int colon = text.lastIndexOf(':');
        var host = colon < 0 ? "*" : text.substring(0, colon);
        var ports = text.substring(colon + 1);
        int dash = ports.indexOf('-');
        int first = port(text, dash < 0 ? ports : ports.substring(0, dash));
        int last = dash < 0 ? first : port(text, ports.substring(dash + 1));
        if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
            throw new IllegalArgumentException("'" + text + "' is an IPv6 address without [ ]");
        }
        return new ListenAddress(
                ServerAddress.numericAddress(host.equals("*") ? "0.0.0.0" : host), first, last, 0, true, false);
    }

    /** One port as {@code address:port}, IPv6 addresses in brackets; a UNIX socket as {@code unix:path}. */
    public String text(int port) {
        if (unixSocket.isPresent()) {
            return UNIX + unixSocket.get().path();
        }
        var host = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
    }

    /** The text {@link #parse} reads. */
    public String text() {
        return text(firstPort) + (lastPort == firstPort ? "" : "-" + lastPort);
    }

    private static int port(String whole, String text) {
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + whole + "' has no valid port; expected 1 to 65535");
        }
        return Integer.parseInt(text);
    }

    /** All values while one is changed. One use. */
    private static final class Draft {
        private final ListenAddress before;
        private int firstPort;
        private int lastPort;
        private int backlog;
        private boolean proxyProtocol;
        private boolean tls;
        private int descriptor;
        private boolean transparent;
        private String interfaceName;
        private SpokenHttp spokenHttp;
        private Optional<UnixSocket> unixSocket;

        private Draft(ListenAddress before) {
            this.before = before;
            firstPort = before.firstPort;
            lastPort = before.lastPort;
            backlog = before.backlog;
            proxyProtocol = before.proxyProtocol;
            tls = before.tls;
            descriptor = before.descriptor;
            transparent = before.transparent;
            interfaceName = before.interfaceName;
            spokenHttp = before.spokenHttp;
            unixSocket = before.unixSocket;
        }

        private ListenAddress made() {
            return new ListenAddress(
                    before.address,
                    firstPort,
                    lastPort,
                    backlog,
                    before.ipv6Only,
                    before.keepAlive,
                    proxyProtocol,
                    tls,
                    descriptor,
                    transparent,
                    interfaceName,
                    spokenHttp,
                    unixSocket);
        }
    }
}

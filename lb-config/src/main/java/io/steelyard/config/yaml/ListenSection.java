package io.steelyard.config.yaml;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.SpokenHttp;
import io.steelyard.api.proxy.UnixSocket;
import java.util.Locale;
import java.util.Optional;

/** {@link ListenAddress}. */
final class ListenSection extends Section<ListenAddress> {
    private static final ListenAddress DEFAULTS = ListenAddress.parse("127.0.0.1:1");

    private final Key<ListenAddress, ListenAddress> address = required(
            "address",
            Forms.parsed("address:port", ListenAddress::parse, ListenAddress::text),
            listen -> listen,
            "`127.0.0.1:80`, `\"[::]:80\"`, `\"*:80\"`, `80`, a range of ports: `10.0.0.1:8000-8009`, or a UNIX socket: `unix:/run/lb.sock`, "
                    + "`\"unix:@name\"` for an abstract name.");
    private final Key<ListenAddress, Integer> backlog = optional(
            "backlog",
            Forms.whole(0, Integer.MAX_VALUE),
            ListenAddress::backlog,
            DEFAULTS.backlog(),
            "How many connections may wait to be accepted; 0 for 511.");
    private final Key<ListenAddress, Boolean> ipv6Only = optional(
            "ipv6Only",
            Forms.flag(),
            ListenAddress::ipv6Only,
            DEFAULTS.ipv6Only(),
            "Whether `[::]` leaves IPv4 clients out.");
    private final Key<ListenAddress, Boolean> keepAlive = optional(
            "keepAlive",
            Forms.flag(),
            ListenAddress::keepAlive,
            DEFAULTS.keepAlive(),
            "Whether accepted connections probe idle clients (SO_KEEPALIVE).");

    private final Key<ListenAddress, Boolean> proxyProtocol = optional(
            "proxyProtocol",
            Forms.flag(),
            ListenAddress::proxyProtocol,
            DEFAULTS.proxyProtocol(),
            "TCP: whether connections begin with a PROXY protocol header, of version 1 or 2; one without is closed.");

    private final Key<ListenAddress, Boolean> tls = optional(
            "tls",
            Forms.flag(),
            ListenAddress::tls,
            DEFAULTS.tls(),
            "TCP: whether TLS is spoken with clients; how, the virtual server's `tls` says, or that of an HTTP host.");

    private final Key<ListenAddress, Integer> descriptor = optional(
            "descriptor",
            Forms.whole(-1, Integer.MAX_VALUE),
            ListenAddress::descriptor,
            DEFAULTS.descriptor(),
            "TCP: the number of an inherited listening socket, bound to the address, to be used instead of a new one; -1 for none.");

    private final Key<ListenAddress, Boolean> transparent = optional(
            "transparent",
            Forms.flag(),
            ListenAddress::transparent,
            DEFAULTS.transparent(),
            "TCP: whether the address may be one that this machine does not have, for connections that are led here.");

    private final Key<ListenAddress, String> interfaceName = optional(
            "interface",
            Forms.text(),
            ListenAddress::interfaceName,
            DEFAULTS.interfaceName(),
            "TCP: the network interface that connections must come in by; empty for any.");

    private final Key<ListenAddress, SpokenHttp> spokenHttp = optional(
            "spokenHttp",
            Forms.word(SpokenHttp.class),
            ListenAddress::spokenHttp,
            DEFAULTS.spokenHttp(),
            "TCP: which HTTP is spoken: `agreed` for what ALPN says or a connection begins with, or `http1` or `http2` alone.");

    private final Key<ListenAddress, Integer> mode = optional(
            "mode",
            Forms.parsed("octal number", ListenSection::mode, ListenSection::modeText),
            listen -> listen.unixSocket().map(UnixSocket::mode).orElse(-1),
            -1,
            "UNIX sockets: the permission bits of the file, such as `\"0660\"`; `\"-1\"` for those the process's mask leaves.");

    private final Key<ListenAddress, String> user = optional(
            "user",
            Forms.text(),
            listen -> listen.unixSocket().map(UnixSocket::user).orElse(""),
            "",
            "UNIX sockets: who owns the file, a name or a number; empty for the process's user.");

    private final Key<ListenAddress, String> group = optional(
            "group",
            Forms.text(),
            listen -> listen.unixSocket().map(UnixSocket::group).orElse(""),
            "",
            "UNIX sockets: the file's group, a name or a number; empty for the process's group.");

    ListenSection() {
        super("listener");
    }

    @Override
    ListenAddress make(Values values) {
        var parsed = values.get(address);
        return new ListenAddress(
                parsed.address(),
                parsed.firstPort(),
                parsed.lastPort(),
                values.or(backlog, DEFAULTS.backlog()),
                values.or(ipv6Only, DEFAULTS.ipv6Only()),
                values.or(keepAlive, DEFAULTS.keepAlive()),
                values.or(proxyProtocol, DEFAULTS.proxyProtocol()),
                values.or(tls, DEFAULTS.tls()),
                values.or(descriptor, DEFAULTS.descriptor()),
                values.or(transparent, DEFAULTS.transparent()),
                values.or(interfaceName, DEFAULTS.interfaceName()),
                values.or(spokenHttp, DEFAULTS.spokenHttp()),
                unixSocket(parsed, values));
    }

    private Optional<UnixSocket> unixSocket(ListenAddress parsed, Values values) {
        int bits = values.or(mode, -1);
        var owner = values.or(user, "");
        var owners = values.or(group, "");
        if (!parsed.isUnix() && (bits >= 0 || !owner.isEmpty() || !owners.isEmpty())) {
            throw new IllegalArgumentException("'mode', 'user' and 'group' are of UNIX sockets, and " + parsed.text()
                    + " is none; expected an address such as unix:/run/lb.sock");
        }
        return parsed.unixSocket().map(socket -> new UnixSocket(socket.path(), bits, owner, owners));
    }

    private static int mode(String text) {
        if (text.equals("-1")) {
            return -1;
        }
        if (!text.matches("[0-7]{1,4}")) {
            throw new IllegalArgumentException("'" + text + "' is no octal number; expected 0 to 0777");
        }
        return Integer.parseInt(text, 8);
    }

    private static String modeText(int mode) {
        return mode < 0 ? "-1" : String.format(Locale.ROOT, "%04o", mode);
    }
}

package io.steelyard.core.stream;

import io.steelyard.api.schedule.Flow;
import io.steelyard.core.session.Session;
import io.steelyard.core.session.SessionRules;
import io.steelyard.core.tcp.FirstBytes;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.greeting.ClientHello;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder;
import io.steelyard.realip.proxyprotocol.ToldFields;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection's client is, and what it wants, as its first bytes tell: a PROXY protocol header, and the greeting of TLS. Owned by the
 * connection's loop.
 */
final class Introduction {
    /** What the first bytes that have come amount to. */
    enum Progress {
        /** The next bytes make it readable again. */
        WAITING,
        DONE,
        MALFORMED,
        /** The client ended before it was through. */
        BROKEN_OFF
    }

    private final StreamWorker worker;
    private final TcpListener listener;
    private final StreamService service;
    private final int fd;
    private final long peerHigh;
    private final long peerLow;
    private final int peerPort;

    /** The peer, until a trusted one tells otherwise. */
    private long clientHigh;

    private long clientLow;
    private int clientPort;

    /** False while the client is one on a UNIX socket. */
    private boolean hasAddress;

    private @Nullable FirstBytes firstBytes;
    private @Nullable Told told;
    private boolean hadHeader;
    private int seenBytes;

    Introduction(StreamWorker worker, TcpListener listener, StreamService service, int fd) {
        this.worker = worker;
        this.listener = listener;
        this.service = service;
        this.fd = fd;
        var peer = listener.peer();
        clientHigh = peerHigh = peer.addressHigh();
        clientLow = peerLow = peer.addressLow();
        clientPort = peerPort = peer.port();
        hasAddress = !listener.isUnix();
    }

    // ---- the first bytes

    /** Whether bytes have been waited for. */
    boolean hasWaited() {
        return firstBytes != null;
    }

    /** Reads what there is of a PROXY protocol header. */
    Progress readHeader() {
        var bytes = firstBytes();
        int count = bytes.look(ProxyHeaderDecoder.DEFAULT_MOST_BYTES);
        if (count == FirstBytes.ENDED) {
            return Progress.BROKEN_OFF;
        }
        return switch (worker.decodeHeader(count)) {
            case NEED_MORE -> {
                bytes.awaitMore();
                yield Progress.WAITING;
            }
            case INVALID -> {
                worker.report("a client of " + listener.address().text() + " was closed: "
                        + worker.headerProblem().text());
                yield Progress.MALFORMED;
            }
            case COMPLETE -> {
                hadHeader = true;
                bytes.take(worker.header().lengthBytes());
                if (worker.header().hasIpAddresses()) {
                    takeWord(Told.of(worker.header(), service.trusts(peerHigh, peerLow)));
                }
                yield Progress.DONE;
            }
        };
    }

    /** Reads what there is of a TLS greeting, and tells the session what it says. Whatever is no such greeting is left as it is. */
    Progress readGreeting(Session rules) {
        var bytes = firstBytes();
        int most = service.server().options().prereadBytes();
        int count = bytes.look(most);
        if (count == FirstBytes.ENDED) {
            return Progress.BROKEN_OFF;
        }
        var start = worker.peekBuffer().asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        var result = ClientHello.parse(start, count);
        if (result instanceof ClientHello.Result.NeedMore) {
            if (count >= most) {
                return Progress.MALFORMED;
            }
            bytes.awaitMore();
            return Progress.WAITING;
        }
        if (result instanceof ClientHello.Result.Found found) {
            rules.greeted(found.hello());
        }
        bytes.release();
        return Progress.DONE;
    }

    /**
     * What the client has said so far.
     *
     * @param isWhole whether no more of it will be seen
     */
    record Saying(byte[] bytes, boolean isWhole) {
        static final Saying UNSEEN = new Saying(new byte[0], true);
    }

    /** Looks at what the client has said so far, which stays as it is. */
    Saying listen() {
        int most = service.server().options().prereadBytes();
        int count = firstBytes().look(most);
        boolean hasEnded = count == FirstBytes.ENDED;
        // Behind the end, what came before it is there still.
        int length = hasEnded ? seenBytes : count;
        seenBytes = length;
        var bytes = worker.peekBuffer().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return new Saying(bytes, hasEnded || count >= most);
    }

    /** How many bytes of the client's have been looked at. */
    int seenBytes() {
        return seenBytes;
    }

    /** Lets the socket be readable when more has come than was seen. */
    void awaitMore() {
        firstBytes().awaitMore();
    }

    /** What was looked at is read by others from now on. */
    void leave() {
        if (firstBytes != null) {
            firstBytes.release();
        }
    }

    private FirstBytes firstBytes() {
        var bytes = firstBytes;
        if (bytes == null) {
            bytes = new FirstBytes(worker.peekBuffer(), fd);
            firstBytes = bytes;
        }
        return bytes;
    }

    private void takeWord(Told word) {
        told = word;
        if (word.isTrusted()) {
            clientHigh = word.client().high();
            clientLow = word.client().low();
            clientPort = word.client().port();
            hasAddress = true;
        }
    }

    // ---- what is known

    /** Tells a flow the client, where it has an address. */
    void fill(Flow flow) {
        if (hasAddress) {
            flow.client(clientHigh, clientLow, clientPort);
        }
    }

    /** Whether access rules let the client in. */
    boolean isAdmitted() {
        return service.admits(clientHigh, clientLow);
    }

    /** Both ends, as variables and logs tell them. */
    SessionRules.Ends ends() {
        var local = listener.local(fd);
        return new SessionRules.Ends(
                hasAddress ? Addresses.inetAddress(clientHigh, clientLow) : null,
                hasAddress ? clientPort : listener.number(),
                listener.isUnix() ? null : Addresses.inetAddress(peerHigh, peerLow),
                peerPort,
                listener.isUnix() ? null : local.inetAddress(),
                listener.isUnix() ? listener.number() : local.port(),
                listener.isUnix() ? listener.address().text() : "",
                hadHeader,
                told == null ? null : told.client(),
                told == null ? null : told.destination(),
                told == null ? ToldFields.NONE : told.fields());
    }

    /** The client, as a server is told it. */
    Endpoint client() {
        return hasAddress ? Endpoint.of(clientHigh, clientLow, clientPort) : Endpoint.UNIX;
    }

    /**
     * What the client spoke to, as a server is told it.
     *
     * @param ofOurs whether that is our own address even where a trusted proxy before us told another one, as with nginx
     */
    Endpoint destination(boolean ofOurs) {
        if (told != null && told.isTrusted() && !ofOurs) {
            return told.destination();
        }
        if (listener.isUnix()) {
            return Endpoint.UNIX;
        }
        var local = listener.local(fd);
        return Endpoint.of(local.addressHigh(), local.addressLow(), local.port());
    }
}

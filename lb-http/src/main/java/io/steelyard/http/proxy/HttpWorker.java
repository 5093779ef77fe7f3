package io.steelyard.http.proxy;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.core.tcp.HeaderSender;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.core.tcp.TcpListeners;
import io.steelyard.core.tcp.TcpLoop;
import io.steelyard.core.tls.TlsScratch;
import io.steelyard.http.h1.HeadWriter;
import io.steelyard.http.h2.SharedMemory;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.TokenCursor;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.realip.proxyprotocol.HeaderProblem;
import io.steelyard.realip.proxyprotocol.ProxyHeader;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The HTTP connections of one loop, and what they share. Owned by the loop. */
final class HttpWorker {
    /** Heads and small bodies are put together here before they are sent; heads are at most 256 KiB. */
    private static final int STAGE_BYTES = 512 << 10;

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final TcpLoop loop;
    private final Counts counts = new Counts();
    private final IdleConnections idle = new IdleConnections();
    private final ServerOpening opening = new ServerOpening(this);
    private final RequestWriter requests = new RequestWriter(this);
    private final Map<String, RecentTimes> recentTimes = new HashMap<>();
    private final HeadWriter answerHeads = new HeadWriter();
    private final HeadWriter answerHeadsInLowerCase = new HeadWriter(true);
    private final FieldBlock trailers = new FieldBlock(256, 64 << 10);
    private final TokenCursor tokens = new TokenCursor();
    private final Message.Spare messages = new Message.Spare();
    private final RequestHead resting = new RequestHead(new FieldBlock(1, 256 << 10));
    private final SharedMemory http2Memory = new SharedMemory();
    private @Nullable Http2Stage http2Stage;
    private final RoundEnd roundEnd;
    private final MemorySegment stage;
    private final ByteBuffer stageBytes;
    private ByteBuffer view = ByteBuffer.allocate(0);
    private final ProxyHeaderDecoder headers = new ProxyHeaderDecoder();
    private final ProxyHeader header = new ProxyHeader();
    private @Nullable HeaderSender headerSender;
    private @Nullable TlsScratch tls;
    private @Nullable ClientConnection first;
    private String date = "";
    private long dateSecond = -1;

    HttpWorker(TcpLoop loop) {
        this.loop = loop;
        roundEnd = new RoundEnd(loop.loop());
        var shedding = new Shedding(loop.buffers());
        loop.onPressure(() -> {
            var clients = new ArrayList<ClientConnection>();
            forEach(connection -> true, clients::add);
            shedding.shed(clients);
            loop.report(
                    "HTTP connections were ended, since more waits in memory for clients and servers than the budget of buffers");
        });
        stage = loop.arena().allocate(STAGE_BYTES);
        stageBytes = stage.asByteBuffer();
    }

    TcpLoop loop() {
        return loop;
    }

    Counts counts() {
        return counts;
    }

    IdleConnections idle() {
        return idle;
    }

    /** Where requests get their connections to servers. */
    ServerOpening opening() {
        return opening;
    }

    /** How fast the pool's servers began to answer on this loop. */
    RecentTimes recentTimes(ServerPool pool) {
        return recentTimes.computeIfAbsent(pool.name(), name -> new RecentTimes());
    }

    /** What heads of answers are composed with. */
    HeadWriter answerHeads() {
        return answerHeads;
    }

    /** The same, with names in lower case as HAProxy writes them. */
    HeadWriter answerHeadsInLowerCase() {
        return answerHeadsInLowerCase;
    }

    RequestWriter requests() {
        return requests;
    }

    /** Whether whoever sent a head says that it looks at trailer fields (RFC 9110 section 10.1.4). */
    boolean asksForTrailers(FieldBlock fields) {
        for (tokens.start(fields, FieldName.TE); tokens.next(); ) {
            if (tokens.is("trailers")) {
                return true;
            }
        }
        return false;
    }

    /** The trailer fields that are passed on of a message, until the event at hand has been dealt with. */
    FieldBlock passed(@Nullable FieldBlock from, ProxyPlan plan) {
        trailers.clear();
        if (from != null) {
            for (int i = 0; i < from.count(); i++) {
                if (plan.passesTrailer(from, i)) {
                    trailers.add(
                            from.bytes(),
                            from.nameStart(i),
                            from.nameEnd(i),
                            from.bytes(),
                            from.valueStart(i),
                            from.valueEnd(i));
                }
            }
        }
        return trailers;
    }

    /** Memory for requests. */
    Message.Spare messages() {
        return messages;
    }

    /** Where frames of HTTP/2 are put together. */
    Http2Stage http2Stage() {
        var made = http2Stage;
        if (made == null) {
            made = new Http2Stage(loop.arena());
            http2Stage = made;
        }
        return made;
    }

    RoundEnd roundEnd() {
        return roundEnd;
    }

    /** Memory that HTTP/2 sessions use in turn. */
    SharedMemory http2Memory() {
        return http2Memory;
    }

    /** What a parser is given that has nothing to read; nobody writes to it. */
    RequestHead resting() {
        return resting;
    }

    /** Where what is about to be sent is put together; emptied by each who begins to. */
    ByteBuffer stageBytes() {
        return stageBytes;
    }

    /** The memory of {@link #stageBytes}. */
    MemorySegment stage() {
        return stage;
    }

    /** The loop's read buffer as bytes 0 to {@code length}. */
    ByteBuffer received(int length) {
        // The loop replaces its buffer only by a larger one.
        if (view.capacity() != loop.readBuffer().byteSize()) {
            view = loop.readBuffer().asByteBuffer();
        }
        return view.clear().limit(length);
    }

    /** Reads a PROXY protocol header in the first bytes of {@link #stage}; {@link #header} then says what it tells. */
    ProxyHeaderDecoder.Result decodeHeader(int length) {
        return headers.decode(stageBytes.clear().limit(length), header);
    }

    /** The header read last. */
    ProxyHeader header() {
        return header;
    }

    /** Why the last header could not be read. */
    HeaderProblem headerProblem() {
        return headers.problem();
    }

    HeaderSender headerSender() {
        var sender = headerSender;
        if (sender == null) {
            sender = new HeaderSender(loop.arena());
            headerSender = sender;
        }
        return sender;
    }

    /** Where TLS is encrypted and decrypted. */
    TlsScratch tls() {
        var scratch = tls;
        if (scratch == null) {
            scratch = new TlsScratch(loop);
            tls = scratch;
        }
        return scratch;
    }

    /** The time of day as the field {@code Date} has it (RFC 9110 section 5.6.7). */
    String date() {
        var now = Instant.now();
        if (now.getEpochSecond() != dateSecond) {
            dateSecond = now.getEpochSecond();
            date = DATE.format(now);
        }
        return date;
    }

    void open(TcpListener listener, HttpPlan plan, int fd) {
        var connection = new ClientConnection(this, listener, plan, fd);
        listener.onOpened();
        Counts.add(counts.accepted, 1);
        Counts.add(counts.active, 1);
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        first = connection;
        connection.begin();
    }

    void onClosed(ClientConnection connection) {
        Counts.add(counts.active, -1);
        var next = connection.next;
        var previous = connection.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            first = next;
        }
        connection.listener().onClosed();
    }

    /** Connections that were accepted by these listeners serve their next request by another plan. */
    void adopt(TcpListeners listeners, HttpPlan plan) {
        forEach(connection -> listeners.has(connection.listener()), connection -> connection.adopt(plan));
    }

    /** Ends the connections of closed listeners that wait for a request, and the others after their answer. */
    void finish(TcpListeners listeners) {
        forEach(connection -> listeners.isRetired(connection.listener()), ClientConnection::finish);
    }

    /** Ends the exchanges on one server in order, as far as may be, and closes the connections to it that are not used. */
    void end(String pool, String serverId, Forwarder.Ending why) {
        exchanges(exchange -> exchange.isOn(pool, serverId)).forEach(exchange -> exchange.serverGone(why));
        idle.close(pool, serverId);
    }

    /** Ends the exchanges on one server, and closes the connections to it that are not used. */
    void cut(String pool, String serverId) {
        exchanges(exchange -> exchange.isOn(pool, serverId)).forEach(Exchange::cut);
        idle.close(pool, serverId);
    }

    /** The exchanges of the connections that these listeners accepted. */
    List<OpenFlow> flows(TcpListeners listeners) {
        var flows = new ArrayList<OpenFlow>();
        forEach(
                connection -> listeners.accepted(connection.listener()),
                connection -> connection.forEach(exchange -> flows.add(exchange.flow())));
        return flows;
    }

    /** Ends the exchange of this number. @return whether there was one */
    boolean end(long id) {
        var found = exchanges(exchange -> exchange.id() == id);
        found.forEach(Exchange::kill);
        return !found.isEmpty();
    }

    private List<Exchange> exchanges(Predicate<Exchange> wanted) {
        var found = new ArrayList<Exchange>();
        forEach(
                connection -> true,
                connection -> connection.forEach(exchange -> {
                    if (wanted.test(exchange)) {
                        found.add(exchange);
                    }
                }));
        return found;
    }

    /** Resets the connections that listeners accepted which accept nothing any more. */
    void cut(TcpListeners listeners) {
        forEach(connection -> listeners.isRetired(connection.listener()), ClientConnection::reset);
    }

    void close() {
        forEach(connection -> true, ClientConnection::reset);
        idle.close();
    }

    private void forEach(Predicate<ClientConnection> wanted, java.util.function.Consumer<ClientConnection> task) {
        for (var connection = first; connection != null; ) {
            var following = connection.next;
            if (wanted.test(connection)) {
                task.accept(connection);
            }
            connection = following;
        }
    }
}

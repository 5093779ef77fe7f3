package io.steelyard.core.stream;

import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.loop.DataLoop;
import io.steelyard.core.loop.TimerWheel;
import io.steelyard.core.tcp.Connector;
import io.steelyard.core.tcp.HeaderSender;
import io.steelyard.core.tcp.PendingBuffers;
import io.steelyard.core.tcp.TcpListeners;
import io.steelyard.core.tcp.TcpLoop;
import io.steelyard.core.tls.TlsScratch;
import io.steelyard.realip.proxyprotocol.HeaderProblem;
import io.steelyard.realip.proxyprotocol.ProxyHeader;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The TCP connections of one loop, and what they share. Owned by the loop. */
final class StreamWorker {
    /** As much as a virtual server may want to look at. */
    private static final int PEEK_BYTES = 64 << 10;

    private final TcpLoop resources;
    private final PipePool pipes = new PipePool();
    private final ProxyHeaderDecoder headers = new ProxyHeaderDecoder();
    private final ProxyHeader header = new ProxyHeader();
    private @Nullable HeaderSender headerSender;
    private @Nullable MemorySegment peekBuffer;
    private @Nullable TlsScratch tls;
    private @Nullable StreamConnection first;

    StreamWorker(TcpLoop resources) {
        this.resources = resources;
    }

    TcpLoop resources() {
        return resources;
    }

    DataLoop loop() {
        return resources.loop();
    }

    TimerWheel timers() {
        return resources.timers();
    }

    PendingBuffers buffers() {
        return resources.buffers();
    }

    PipePool pipes() {
        return pipes;
    }

    Connector connector() {
        return resources.connector();
    }

    Flow flow() {
        return resources.flow();
    }

    MemorySegment readBuffer() {
        return resources.readBuffer();
    }

    /** Where first bytes are looked at; its content is nobody's after the event that read it. */
    MemorySegment peekBuffer() {
        var buffer = peekBuffer;
        if (buffer == null) {
            buffer = resources.arena().allocate(PEEK_BYTES);
            peekBuffer = buffer;
        }
        return buffer;
    }

    /** Where TLS is encrypted and decrypted. */
    TlsScratch tls() {
        var scratch = tls;
        if (scratch == null) {
            scratch = new TlsScratch(resources);
            tls = scratch;
        }
        return scratch;
    }

    /** Reads a PROXY protocol header in the first bytes of {@link #peekBuffer}; {@link #header} then says what it tells. */
    ProxyHeaderDecoder.Result decodeHeader(int length) {
        return headers.decode(peekBuffer().asByteBuffer().limit(length), header);
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
            sender = new HeaderSender(resources.arena());
            headerSender = sender;
        }
        return sender;
    }

    void report(String what) {
        resources.report(what);
    }

    void onOpened(StreamConnection connection) {
        connection.listener().onOpened();
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        first = connection;
    }

    void onClosed(StreamConnection connection) {
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

    /** Ends the connections on one server. */
    void end(String pool, String serverId, Forwarder.Ending why) {
        forEach(connection -> connection.isOn(pool, serverId), connection -> connection.end(why));
    }

    /** Resets the connections on one server. */
    void cut(String pool, String serverId) {
        forEach(connection -> connection.isOn(pool, serverId), StreamConnection::reset);
    }

    /** The connections that these listeners accepted. */
    List<OpenFlow> flows(TcpListeners listeners) {
        var flows = new ArrayList<OpenFlow>();
        forEach(connection -> listeners.accepted(connection.listener()), connection -> flows.add(connection.flow()));
        return flows;
    }

    /** Ends the connection of this number. @return whether there was one */
    boolean end(long id) {
        var found = new ArrayList<StreamConnection>(1);
        forEach(connection -> connection.id() == id, found::add);
        found.forEach(connection -> connection.end(Forwarder.Ending.KILLED));
        return !found.isEmpty();
    }

    /** Resets the connections that listeners accepted which accept nothing any more. */
    void cut(TcpListeners listeners) {
        forEach(connection -> listeners.isRetired(connection.listener()), StreamConnection::reset);
    }

    private void forEach(Predicate<StreamConnection> wanted, Consumer<StreamConnection> task) {
        for (var connection = first; connection != null; ) {
            var following = connection.next;
            if (wanted.test(connection)) {
                task.accept(connection);
            }
            connection = following;
        }
    }

    /** Resets every connection and frees everything. */
    void close() {
        for (var connection = first; connection != null; connection = first) {
            connection.reset();
        }
        pipes.close();
    }
}

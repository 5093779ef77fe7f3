package io.steelyard.core.datagram;

import io.steelyard.api.Event;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.loop.DataLoop;
import io.steelyard.core.loop.TimerWheel;
import io.steelyard.core.session.Session;
import io.steelyard.core.session.SessionRules;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one loop's UDP sessions share: batches, the flow to pick with, the list of them. Owned by the loop. */
final class DatagramWorker {
    private static final int BATCH = 64;
    private static final int MOST_SPARE = 1_024;
    private static final int MOST_KNOWN_SERVERS = 16_384;
    private static final long REPORT_EVERY_NS = 10_000_000_000L;

    private final DataLoop loop;
    private final Consumer<Event> events;
    private final SessionLimit limit;
    private final ServerSockets serverSockets;
    private final DatagramBatch requests = DatagramBatch.allocate(BATCH, DatagramBatch.MAX_DATAGRAM_BYTES);
    private final DatagramBatch replies = DatagramBatch.allocate(BATCH, DatagramBatch.MAX_DATAGRAM_BYTES);
    /** Servers' addresses as the kernel wants them, so that connecting allocates nothing. */
    private final Map<ServerAddress, SocketAddressBuffer> servers = new IdentityHashMap<>();

    private final SocketAddressBuffer scratch = SocketAddressBuffer.allocate();
    private final SocketAddressBuffer source = SocketAddressBuffer.allocate();
    private final Flow flow = new Flow();
    private final long hashSeed = ThreadLocalRandom.current().nextLong();
    private @Nullable DatagramSession first;
    private @Nullable DatagramSession spare;
    private int spares;
    private long lastReportNs = Long.MIN_VALUE / 2;

    DatagramWorker(DataLoop loop, Consumer<Event> events, SessionLimit limit) {
        this.loop = loop;
        this.events = events;
        this.limit = limit;
        serverSockets = new ServerSockets(loop);
    }

    DataLoop loop() {
        return loop;
    }

    TimerWheel timers() {
        return loop.timers();
    }

    ServerSockets serverSockets() {
        return serverSockets;
    }

    SessionLimit limit() {
        return limit;
    }

    Flow flow() {
        return flow;
    }

    long hashSeed() {
        return hashSeed;
    }

    /** Where ports receive; its content is nobody's after the event. */
    DatagramBatch requests() {
        return requests;
    }

    /** Where sessions receive; its content is nobody's after the event. */
    DatagramBatch replies() {
        return replies;
    }

    // ---- sockets to servers

    /** A socket connected to a server, or a negative error number. */
    int connect(ServerAddress address, @Nullable InetAddress from) {
        if (!(address instanceof ServerAddress.Ip ip)) {
            return -Errno.EAFNOSUPPORT;
        }
        int fd = Linux.udpSocket(ip.address() instanceof Inet6Address);
        if (fd < 0) {
            return fd;
        }
        int result = 0;
        if (from != null) {
            source.set(from, 0);
            Linux.bindAddressNoPort(fd);
            result = Linux.bind(fd, source);
        }
        if (result >= 0) {
            result = Linux.connect(fd, socketAddress(ip));
        }
        if (result < 0) {
            Linux.close(fd);
            return result;
        }
        return fd;
    }

    private SocketAddressBuffer socketAddress(ServerAddress.Ip server) {
        var known = servers.get(server);
        if (known == null) {
            if (servers.size() >= MOST_KNOWN_SERVERS) {
                servers.clear();
            }
            known = SocketAddressBuffer.allocate();
            known.set(server.address(), server.port());
            servers.put(server, known);
        }
        return known;
    }

    /** Whether an error comes from this machine's limits and says nothing of the server. */
    static boolean isOurFault(int errno) {
        return switch (errno) {
            case Errno.EMFILE,
                    Errno.ENFILE,
                    Errno.ENOBUFS,
                    Errno.ENOMEM,
                    Errno.EAGAIN,
                    Errno.EADDRNOTAVAIL,
                    Errno.EACCES,
                    Errno.EPERM -> true;
            default -> false;
        };
    }

    /** Sends slots over a connected socket. @return how many, at least 1, or a negative error number where not even the first */
    int send(int fd, DatagramBatch batch, int from, int count) {
        if (count == 1) {
            long result = Linux.send(fd, batch.buffer(from), 0, batch.lengthBytes(from));
            return result < 0 ? (int) result : 1;
        }
        for (int slot = from; slot < from + count; slot++) {
            batch.peer(slot).clear();
            batch.clearLocal(slot);
        }
        return batch.send(fd, from, count);
    }

    // ---- sessions

    /** Opens what a session needs of variables, limits and logs. Allocates. */
    Session openSession(SessionRules rules, DatagramSession of, int localPort, long nowNs) {
        scratch.set(of.clientHigh, of.clientLow, 0);
        var client = scratch.inetAddress();
        scratch.set(of.localHigh, of.localLow, 0);
        return rules.open(client, (int) of.clientPort & 0xFFFF, scratch.inetAddress(), localPort, nowNs);
    }

    /** One that has ended, or a new one. */
    DatagramSession idleSession() {
        var session = spare;
        if (session == null) {
            return new DatagramSession(this);
        }
        spare = session.next;
        spares--;
        session.next = null;
        return session;
    }

    /** Keeps a session that could not begin. */
    void giveBack(DatagramSession session) {
        if (spares < MOST_SPARE) {
            session.next = spare;
            spare = session;
            spares++;
        }
    }

    void onBegun(DatagramSession session) {
        limit.onBegun();
        session.previous = null;
        session.next = first;
        if (first != null) {
            first.previous = session;
        }
        first = session;
    }

    void onEnded(DatagramSession session) {
        limit.onEnded();
        var next = session.next;
        var previous = session.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            first = next;
        }
        session.next = null;
        session.previous = null;
        giveBack(session);
    }

    /** Ends the sessions on one server. */
    void cut(String pool, String serverId) {
        for (var session = first; session != null; ) {
            var following = session.next;
            if (session.isOn(pool, serverId)) {
                session.end();
            }
            session = following;
        }
    }

    /** Ends the sessions of one virtual server. */
    void cut(Tally tally) {
        for (var session = first; session != null; ) {
            var following = session.next;
            if (session.isOf(tally)) {
                session.end();
            }
            session = following;
        }
    }

    /** Tells the application of trouble, at most once in ten seconds. */
    void report(String what) {
        long nowNs = timers().nowNs();
        if (nowNs - lastReportNs >= REPORT_EVERY_NS) {
            lastReportNs = nowNs;
            events.accept(new Event.Trouble(what));
        }
    }
}

package io.steelyard.core.stream;

import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.core.session.ConnectionGate.Verdict;
import io.steelyard.core.session.Session;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.core.tls.TlsFacts;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.linux.Errno;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a connection goes through before anything serves it: who its client is, whether it is let in, and what its first bytes say. Owned by the
 * connection's loop.
 *
 * <pre>
 *   rules of phase CONNECTION ──► HEADER (of the PROXY protocol) ──► malformed, broken off, too late: closed
 *      │                             │
 *      ▼                             ▼
 *   limits, access rules ──► SECURING (the handshake of TLS), or PREREAD (its greeting)
 *      │                        │
 *      ▼                        ▼
 *   rules of phase SESSION ──► INSPECTING (rules of phase CONTENT, then TARGET) ──► rejected: closed
 *                               │
 *                               ▼
 *                            served
 * </pre>
 */
final class Arrival {
    private static final int OK = 200;
    private static final int BAD_START = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_SECURED = 500;
    private static final int LIMITED = 503;

    private enum State {
        HEADER,
        PREREAD,
        SECURING,
        INSPECTING
    }

    private final StreamConnection connection;
    private final StreamWorker worker;
    private final TcpListener listener;
    private final StreamService service;
    private final Endpoint client;
    private final Introduction introduction;
    private State state = State.HEADER;
    private @Nullable Session session;

    /** Where it is among the rules, while it is INSPECTING. */
    private Phase phase = Phase.CONNECTION;

    private String target = "";

    Arrival(
            StreamConnection connection,
            StreamWorker worker,
            TcpListener listener,
            StreamService service,
            Endpoint client,
            Introduction introduction) {
        this.connection = connection;
        this.worker = worker;
        this.listener = listener;
        this.service = service;
        this.client = client;
        this.introduction = introduction;
    }

    /** Null where there is nothing to work out, and while the client is not known. */
    @Nullable
    Session session() {
        return session;
    }

    /** What serves it, where that is worked out. */
    String target() {
        return target;
    }

    /** The client's socket is ready. */
    void onReady() {
        switch (state) {
            case HEADER -> onHeaderReady();
            case PREREAD -> {
                if (session != null) {
                    onPrereadReady(session);
                }
            }
            case SECURING -> {
                if (session != null) {
                    onHandshakeReady(session);
                }
            }
            case INSPECTING -> {
                if (session != null) {
                    onSaying(session, false);
                }
            }
        }
    }

    void onDeadline() {
        switch (state) {
            case HEADER -> refuseUnidentified(OK);
            case PREREAD -> connection.refuse(OK);
            case SECURING -> connection.refuse(NOT_SECURED);
            case INSPECTING -> {
                if (session != null) {
                    onSaying(session, true);
                }
            }
        }
    }

    // ---- who the client is

    /** Finds out who the client is, whether it is let in, and what serves it. */
    void begin() {
        var rules = service.rules();
        if (rules != null && rules.has(Phase.CONNECTION)) {
            openSession();
        }
        var verdict = session == null ? Verdict.ADMITTED : session.pass(Phase.CONNECTION);
        if (verdict != Verdict.ADMITTED) {
            refuse(verdict);
        } else if (listener.acceptsProxyProtocol() || session != null && session.isHeaderExpected()) {
            worker.timers()
                    .set(
                            connection,
                            connection.startNs()
                                    + connection
                                            .options()
                                            .proxyProtocolTimeout()
                                            .toNanos());
            onHeaderReady();
        } else {
            identified();
        }
    }

    private void onHeaderReady() {
        switch (introduction.readHeader()) {
            case WAITING -> awaitClient();
            case MALFORMED, BROKEN_OFF -> refuseUnidentified(BAD_START);
            case DONE -> {
                worker.timers().cancel(connection);
                identified();
            }
        }
    }

    private void awaitClient() {
        client.wantRead(true);
        client.update();
    }

    /** The client broke off, or took too long, before it was known who it is. */
    private void refuseUnidentified(int why) {
        openSession();
        connection.refuse(why);
    }

    private void openSession() {
        var rules = service.rules();
        if (session != null) {
            session.identified(introduction.ends());
        } else if (rules != null) {
            var opened = rules.open(introduction.ends(), connection.startNs());
            opened.record().connections(listener::openOfServer, listener::openOfProcess);
            session = opened;
        }
    }

    /** It is known who the client is. */
    private void identified() {
        openSession();
        var rules = session;
        if (rules != null && !rules.enterLimits()) {
            connection.refuse(LIMITED);
        } else if (!introduction.isAdmitted()) {
            connection.refuse(FORBIDDEN);
        } else if (rules != null && listener.address().tls()) {
            secure(rules);
        } else if (rules != null && connection.options().tlsPreread()) {
            state = State.PREREAD;
            setDeadline(connection.options().prereadTimeout());
            onPrereadReady(rules);
        } else {
            introduced();
        }
    }

    private void onPrereadReady(Session rules) {
        switch (introduction.readGreeting(rules)) {
            case WAITING -> awaitClient();
            case MALFORMED -> connection.refuse(BAD_START);
            case BROKEN_OFF -> connection.refuse(OK);
            case DONE -> {
                worker.timers().cancel(connection);
                introduced();
            }
        }
    }

    private void secure(Session rules) {
        var acceptor = service.tls() == null ? null : service.tls().clients();
        if (acceptor == null) {
            connection.refuse(NOT_SECURED);
            return;
        }
        state = State.SECURING;
        client.secure(TlsTransport.accepted(client.fd(), worker.tls(), name -> acceptor));
        setDeadline(acceptor.configured().handshakeTimeout());
        onHandshakeReady(rules);
    }

    private void onHandshakeReady(Session rules) {
        int result = client.transport().handshake();
        if (result == -Errno.EAGAIN) {
            awaitClient();
            return;
        }
        // What is not HTTP cannot be told by an answer what is wrong with its certificate.
        if (result != 0
                || !(client.transport() instanceof TlsTransport tls)
                || !tls.verdict().isGood()) {
            connection.refuse(NOT_SECURED);
            return;
        }
        var known = TlsFacts.of(tls);
        if (known != null) {
            rules.secured(known);
        }
        worker.timers().cancel(connection);
        introduced();
    }

    private void setDeadline(Duration fromNow) {
        worker.timers().set(connection, worker.timers().nowNs() + fromNow.toNanos());
    }

    // ---- what it says

    /** Whatever comes before what the client says is through. */
    private void introduced() {
        if (introduction.hasWaited() || state == State.SECURING) {
            client.wantRead(false);
            client.update();
        }
        var rules = session;
        if (rules == null) {
            connection.serve();
            return;
        }
        var verdict = rules.pass(Phase.SESSION);
        if (verdict == Verdict.ADMITTED) {
            inspect(rules, Phase.CONTENT);
        } else {
            refuse(verdict);
        }
    }

    private void refuse(Verdict verdict) {
        if (verdict == Verdict.FORGOTTEN) {
            client.transport().vanish();
        }
        connection.refuse(FORBIDDEN);
    }

    private void inspect(Session rules, Phase next) {
        phase = next;
        if (service.rules() == null || !service.rules().has(next)) {
            inspected(rules);
            return;
        }
        state = State.INSPECTING;
        onSaying(rules, connection.options().inspectDelay().isZero());
    }

    /** @param isLate whether more is not waited for */
    private void onSaying(Session rules, boolean isLate) {
        // What is encrypted is not looked into.
        var saying = listener.address().tls() ? Introduction.Saying.UNSEEN : introduction.listen();
        rules.firstBytes(saying.bytes(), !saying.isWhole() && !isLate);
        var verdict = rules.pass(phase);
        switch (verdict) {
            case WAITING -> {
                if (!connection.isSet()) {
                    setDeadline(connection.options().inspectDelay());
                }
                introduction.awaitMore();
                awaitClient();
            }
            case REJECTED, FORGOTTEN -> {
                rules.record().ended("PR");
                refuse(verdict);
            }
            case ADMITTED -> {
                worker.timers().cancel(connection);
                if (introduction.hasWaited()) {
                    introduction.leave();
                    client.wantRead(false);
                    client.update();
                }
                inspected(rules);
            }
        }
    }

    private void inspected(Session rules) {
        if (phase == Phase.CONTENT && !rules.isReply()) {
            target =
                    rules.hasOwnTarget() ? rules.targetText() : service.server().pool();
            rules.record().pool(target);
            inspect(rules, Phase.TARGET);
        } else {
            connection.serve();
        }
    }
}

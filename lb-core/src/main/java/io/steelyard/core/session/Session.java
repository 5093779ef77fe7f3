package io.steelyard.core.session;

import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.session.ConnectionGate.Verdict;
import io.steelyard.core.tls.TlsNames;
import io.steelyard.pool.limit.Permit;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.realip.greeting.ClientHello;
import java.lang.System.Logger;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One connection's variables, its places in limit zones, and what its log line will say. Owned by the loop of the connection.
 *
 * <p>Statuses are nginx's: 200 it ended in order, 400 it did not begin as it must, 403 the access rules kept it out, 500 its target is unknown, 502 no server could be
 * reached, 503 a limit kept it out.
 */
public final class Session {
    private static final Logger LOG = System.getLogger(Session.class.getName());
    private static final long NONE = Long.MIN_VALUE;

    private final SessionRules rules;
    private final ConnectionFacts facts;
    private final Evaluation evaluation;
    private final long startNs;
    private @Nullable Permit permit;
    private final ConnectionGate.@Nullable Passage passage;
    private final StreamRecord record;

    private @Nullable String serverAddress;
    private long attemptNs;
    private long connectedNs;
    private long firstByteNs;
    private boolean isOver;

    Session(SessionRules rules, ConnectionFacts facts, long nowNs) {
        this.rules = rules;
        this.facts = facts;
        startNs = nowNs;
        evaluation = rules.table().open(facts);
        passage = rules.isStream() ? rules.gate().open(facts) : null;
        record = passage == null ? new StreamRecord() : passage.view().record();
        record.accepted(nowNs, nowNs);
        tell(nowNs, 0, 0);
        rules.sets().forEach(set -> evaluation.assign(set.variable(), set.value()));
    }

    /** Goes through the rules of a phase. */
    public Verdict pass(Phase phase) {
        var verdict = passage == null ? Verdict.ADMITTED : passage.pass(phase);
        if (phase == Phase.SESSION && verdict == Verdict.ADMITTED) {
            record.begun();
        }
        return verdict;
    }

    /** Whether a rule said that the connection begins with a PROXY protocol header. */
    public boolean isHeaderExpected() {
        return passage != null && passage.isHeaderExpected();
    }

    /** Tells rules what the client has sent so far, and whether they may wait for more. */
    public void firstBytes(byte[] bytes, boolean isMoreExpected) {
        if (passage != null) {
            passage.view().firstBytes(bytes, isMoreExpected);
        }
    }

    /** Who the client is was told by a PROXY protocol header, which came behind the first rules. */
    public void identified(SessionRules.Ends ends) {
        SessionRules.tell(facts, ends);
    }

    /** What becomes of it, for its log. */
    public StreamRecord record() {
        return record;
    }

    /** Counts the connection in its zones. @return whether every limit lets it in */
    public boolean enterLimits() {
        var entered = rules.enter(evaluation);
        permit = entered;
        entered.reached()
                .ifPresent(limit -> LOG.log(
                        level(limit.level()),
                        "limiting connections" + (limit.isDryRun() ? ", dry run," : "") + " by zone \"" + limit.zone()
                                + "\""));
        return entered.isGranted();
    }

    /** Whether the client is sent {@link #targetText()} instead of being given a server. */
    public boolean isReply() {
        return rules.isReply();
    }

    /** The bytes of the reply. */
    public byte[] reply() {
        var target = rules.target();
        return target == null ? new byte[0] : evaluation.bytes(target);
    }

    /** What the connection's target says; empty where the virtual server names its pool. */
    public String targetText() {
        var target = rules.target();
        return target == null ? "" : evaluation.text(target);
    }

    /** Whether the target is worked out for each connection. */
    public boolean hasOwnTarget() {
        return rules.target() != null;
    }

    /** Whether the local address of the connection to its server is worked out. */
    public boolean hasOwnSource() {
        return rules.source() != null;
    }

    /** The local address that was worked out; null for the system's choice. */
    public @Nullable InetSocketAddress source() {
        var text = rules.source();
        return text == null ? null : PerConnection.address(evaluation.text(text));
    }

    /** Bytes a second from the server; 0 for no limit. */
    public long downloadRate(long fixed) {
        var text = rules.downloadRate();
        return text == null ? fixed : PerConnection.rate(evaluation.text(text));
    }

    /** Bytes a second to the server; 0 for no limit. */
    public long uploadRate(long fixed) {
        var text = rules.uploadRate();
        return text == null ? fixed : PerConnection.rate(evaluation.text(text));
    }

    /** The pool or server that {@link #targetText()} names, where that is known without asking anybody; null otherwise. */
    public @Nullable Balancer known(String targetText) {
        var balancer = rules.balancer(targetText);
        return balancer != null || NamedServers.needsNameServer(targetText)
                ? balancer
                : rules.named().resolve(targetText);
    }

    /** Whether a name server must be asked, by {@link #resolve}, where {@link #known} found nothing. */
    public boolean needsNameServer(String targetText) {
        return NamedServers.needsNameServer(targetText);
    }

    /** As {@link #known}, and asks a name server where it takes one; never on a loop. Any thread. */
    public @Nullable Balancer resolve(String targetText) {
        return rules.named().resolve(targetText);
    }

    /** The client's TLS greeting has been read. */
    public void greeted(ClientHello hello) {
        facts.greeting(hello.serverName(), hello.protocolName(), String.join(",", hello.protocols()));
    }

    /** The client's TLS is agreed on. */
    public void secured(UnaryOperator<@Nullable String> known) {
        facts.tls(known);
    }

    /** What a server is told that TLS is spoken with; empty for nothing. */
    public String toldName(TlsNames names) {
        return names.told(evaluation);
    }

    /** Whom a server's certificate must be for; empty for anybody. */
    public String verifiedName(TlsNames names) {
        return names.verified(evaluation);
    }

    /** Gives the flow the pool's hash key. */
    public void fillKey(String pool, Flow flow) {
        var key = rules.hashKey(pool);
        if (key != null) {
            evaluation.fillKey(key, flow);
        }
    }

    // ---- what happens to it

    public void attempt(String address, long nowNs) {
        serverAddress = address;
        attemptNs = nowNs;
        connectedNs = NONE;
        firstByteNs = NONE;
    }

    public void connected(long nowNs) {
        connectedNs = nowNs;
        record.connected(nowNs);
    }

    public void firstByte(long nowNs) {
        if (firstByteNs == NONE) {
            firstByteNs = nowNs;
        }
    }

    /** The server is no longer used. */
    public void attemptEnded(long bytesToServer, long bytesFromServer, long nowNs) {
        if (serverAddress != null) {
            facts.attempt(new ConnectionFacts.Attempt(
                    serverAddress,
                    sinceAttempt(connectedNs),
                    sinceAttempt(firstByteNs),
                    sinceAttempt(nowNs),
                    bytesToServer,
                    bytesFromServer));
            serverAddress = null;
        }
    }

    /** No server of a pool could be picked. */
    public void nonePicked(String pool) {
        facts.attempt(new ConnectionFacts.Attempt(pool, -1, -1, 0, 0, 0));
    }

    /** The connection is over: writes its log lines and gives up its places. Calls after the first do nothing. */
    public void end(int status, long bytesFromClient, long bytesToClient, long nowNs) {
        if (isOver) {
            return;
        }
        isOver = true;
        if (permit != null) {
            permit.close();
        }
        if (passage != null) {
            passage.tracked().countBytes(bytesFromClient, bytesToClient);
        }
        record.over(bytesFromClient, bytesToClient, nowNs);
        facts.status(status);
        tell(nowNs, bytesFromClient, bytesToClient);
        for (var log : rules.logs()) {
            if (log.line().isWanted(evaluation)) {
                rules.files().write(log.configured(), log.line().bytes(evaluation));
            }
        }
        if (passage != null) {
            passage.tracked().end();
        }
    }

    private void tell(long nowNs, long bytesFromClient, long bytesToClient) {
        facts.time(Instant.now(), (nowNs - startNs) / 1_000_000).bytes(bytesFromClient, bytesToClient);
    }

    private long sinceAttempt(long atNs) {
        return atNs == NONE ? -1 : (atNs - attemptNs) / 1_000_000;
    }

    private static Logger.Level level(io.steelyard.api.proxy.ConnectionLimit.Level level) {
        return switch (level) {
            case INFO, NOTICE -> Logger.Level.INFO;
            case WARN -> Logger.Level.WARNING;
            case ERROR -> Logger.Level.ERROR;
        };
    }
}

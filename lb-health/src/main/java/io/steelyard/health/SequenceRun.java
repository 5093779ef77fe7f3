package io.steelyard.health;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.health.SequenceStep.Connect;
import io.steelyard.health.SequenceStep.Expect;
import io.steelyard.health.SequenceStep.Send;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One probe by a {@link Sequence}. One use, one thread. */
final class SequenceRun implements AutoCloseable {
    /** As HAProxy's buffers are. */
    static final int LIMIT_BYTES = 16 * 1_024;

    private static final int MOST_INFO = 127;

    private final Sequence sequence;
    private final ProbeTarget target;
    private @Nullable ProbeSocket socket;
    private @Nullable Answer answer;
    private boolean isSecured;
    private SequenceStep current;

    SequenceRun(Sequence sequence, ProbeTarget target) {
        this.sequence = sequence;
        this.target = target;
        current = sequence.steps().getFirst();
    }

    /** Does the steps. */
    ProbeResult result() throws InterruptedException {
        try {
            var found = run();
            return current instanceof Connect ? ProbeResult.of(found, "connected") : ProbeResult.of(found);
        } catch (ProbeFailure failed) {
            return ProbeResult.of(failure(failed), String.valueOf(failed.getMessage()));
        } catch (IOException failed) {
            var phrase = ProbeSocket.phrase(failed);
            return ProbeResult.of(new CheckFinding(CheckStatus.SOCKET_ERROR, 0, phrase + where()), phrase);
        }
    }

    /** As much of what a server said as HAProxy keeps: up to its first NUL, and not more than this. */
    private static String brief(String info) {
        int end = info.indexOf('\0');
        var text = end < 0 ? info : info.substring(0, end);
        return text.substring(0, Math.min(text.length(), MOST_INFO));
    }

    private CheckFinding run() throws IOException, InterruptedException {
        var last = new SequenceStep.Judgement(CheckStatus.ANSWERED, 0, "");
        boolean mustRead = true;
        for (int at = 0; at < sequence.steps().size(); at++) {
            current = sequence.steps().get(at);
            switch (current) {
                case Connect connect -> {
                    connect(connect);
                    mustRead = true;
                }
                case Send send -> {
                    var open = socket();
                    open.send(send.bytes().apply(target));
                    answer = new Answer(open, LIMIT_BYTES);
                    mustRead = true;
                }
                case Expect expect -> {
                    var got = received();
                    if (mustRead && !got.isOver()) {
                        got.more();
                    }
                    mustRead = false;
                    if (got.length() == 0 && got.isEnded()) {
                        return new CheckFinding(expect.emptyStatus(), 0, emptyText(expect));
                    }
                    last = expect.judge().judge(got, got.isOver());
                    var status = last.status();
                    if (status == null) {
                        if (got.isOver()) {
                            return new CheckFinding(CheckStatus.ANSWER_INVALID, last.code(), brief(last.info()));
                        }
                        mustRead = true;
                        at = sequence.judgedFrom(at) - 1;
                    } else if (status != CheckStatus.ANSWERED
                            && !sequence.drains(target.situation().state(), last.code())) {
                        return new CheckFinding(status, last.code(), brief(last.info()));
                    }
                }
            }
        }
        return passed(last);
    }

    private CheckFinding passed(SequenceStep.Judgement last) {
        var info = sequence.tells() ? "(tcp-check)" : "";
        return switch (current) {
            case Connect connect ->
                new CheckFinding(
                        isSecured ? CheckStatus.SECURED : CheckStatus.CONNECTED, 0, connect.number() == 0 ? "" : info);
            case Send send -> new CheckFinding(CheckStatus.ANSWERED, 0, "(tcp-check)");
            case Expect expect ->
                sequence.drains(target.situation().state(), last.code())
                        ? new CheckFinding(CheckStatus.ANSWERED_CONDITIONALLY, last.code(), "")
                        : new CheckFinding(
                                expect.okStatus().orElse(CheckStatus.ANSWERED), last.code(), brief(last.info()));
        };
    }

    private void connect(Connect step) throws IOException {
        close();
        isSecured = step.tls().context() != null;
        var open = ProbeSocket.connect(address(step), header(step), step.tls(), sequence.connectLimit());
        socket = open;
        answer = new Answer(open, LIMIT_BYTES);
    }

    private SocketAddress address(Connect step) {
        var how = step.how();
        if (!(target.address() instanceof InetSocketAddress own)) {
            return how.address().isPresent() && how.port() != 0
                    ? new InetSocketAddress(how.address().get(), how.port())
                    : target.address();
        }
        int port = how.port() == 0 ? own.getPort() : how.port();
        return how.address().isPresent()
                ? new InetSocketAddress(how.address().get(), port)
                : own.getAddress() == null
                        ? new InetSocketAddress(own.getHostString(), port)
                        : new InetSocketAddress(own.getAddress(), port);
    }

    private ProxyProtocol header(Connect step) {
        var server = target.server();
        if (step.how().sendsProxyProtocol()) {
            return server.sendProxyProtocol() == ProxyProtocol.NONE ? ProxyProtocol.V1 : server.sendProxyProtocol();
        }
        return step.how().isOrdinary() ? server.checkProxyProtocol() : ProxyProtocol.NONE;
    }

    private ProbeSocket socket() {
        var open = socket;
        if (open == null) {
            throw new IllegalStateException("the sequence does not begin with a connection");
        }
        return open;
    }

    private Answer received() {
        var got = answer;
        if (got == null) {
            throw new IllegalStateException("the sequence does not begin with a connection");
        }
        return got;
    }

    // ---- what went wrong

    private CheckFinding failure(ProbeFailure failed) {
        var status = switch (failed.layer()) {
            case CONNECTING -> failed.isTimeout() ? CheckStatus.CONNECT_TIMEOUT : CheckStatus.CONNECT_FAILED;
            case SECURING -> failed.isTimeout() ? CheckStatus.SECURE_TIMEOUT : CheckStatus.SECURE_FAILED;
            case TALKING ->
                !failed.isTimeout()
                        ? CheckStatus.SOCKET_ERROR
                        : current instanceof Expect expect ? expect.timeoutStatus() : CheckStatus.ANSWER_TIMEOUT;
        };
        var said = status == CheckStatus.SECURE_FAILED ? secureText(failed) : failed.systemText();
        return new CheckFinding(status, 0, said + where());
    }

    private static String secureText(ProbeFailure failed) {
        var cause = failed.getCause();
        if (cause instanceof EOFException || String.valueOf(cause).contains("terminated the handshake")) {
            return "Connection closed during SSL handshake";
        }
        return String.valueOf(cause).contains("reset")
                ? "Connection error during SSL handshake"
                : "SSL handshake failure";
    }

    /** Where in the sequence it was, in HAProxy's words. */
    private String where() {
        if (!sequence.tells()) {
            return "";
        }
        if (current.number() == 0) {
            return " at initial connection step of tcp-check";
        }
        var what = switch (current) {
            case Connect connect ->
                connect.how().port() == 0
                        ? " (connect)"
                        : " (connect port " + connect.how().port() + ")";
            case Send send -> " (send)";
            case Expect expect -> expect.shown();
        };
        return " at step " + current.number() + " of tcp-check" + what + comment(current);
    }

    private static String emptyText(Expect step) {
        return step.judge() instanceof HttpJudge
                ? ""
                : "TCPCHK got an empty response at step " + step.number() + comment(step);
    }

    private static String comment(SequenceStep step) {
        return step.comment().isEmpty() ? "" : " comment: '" + step.comment() + "'";
    }

    @Override
    public void close() {
        var open = socket;
        if (open != null) {
            open.close();
        }
    }
}

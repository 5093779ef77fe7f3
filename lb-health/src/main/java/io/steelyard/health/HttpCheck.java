package io.steelyard.health;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One HTTP/1 request and what its answer must be.
 *
 * @param requestLine with its line end
 * @param host the Host header; empty for the server's address
 * @param fields more header lines, each with its line end
 * @param answerFields what fields of the answer must be; all of it
 * @param body what the body must contain
 * @param bodyWithout what it must not contain, which takes the whole body
 * @param tls how TLS is spoken
 * @param isBodiless whether answers have no body whatever their header says (HEAD)
 */
record HttpCheck(
        String requestLine,
        String host,
        String fields,
        StatusSet statuses,
        List<HeaderExpectation> answerFields,
        Optional<Expectation> body,
        Optional<Expectation> bodyWithout,
        ProbeTls tls,
        boolean isBodiless)
        implements HealthCheck {
    static final int HEAD_LIMIT_BYTES = 64 * 1_024;
    static final int BODY_LIMIT_BYTES = 256 * 1_024;

    @Override
    public ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException {
        try (var socket = ProbeSocket.connect(target, tls)) {
            socket.send(request(target.address()).getBytes(StandardCharsets.US_ASCII));
            var answer = new Answer(socket, HEAD_LIMIT_BYTES + BODY_LIMIT_BYTES);
            return judge(answer);
        } catch (HttpHead.Malformed wrong) {
            return ProbeResult.failed(String.valueOf(wrong.getMessage()));
        }
    }

    private String request(SocketAddress address) {
        var hostText = host.isEmpty() ? hostOf(address) : host;
        return requestLine + "Host: " + hostText + "\r\nUser-Agent: steelyard-health-check\r\nConnection: close\r\n"
                + fields + "\r\n";
    }

    /** RFC 9110 section 7.2: the port is left out where it is the scheme's. */
    private String hostOf(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return "localhost";
        }
        var text = inet.getHostString();
        var bracketed = text.indexOf(':') >= 0 ? "[" + withoutZone(text) + "]" : text;
        return inet.getPort() == (tls.context() == null ? 80 : 443) ? bracketed : bracketed + ":" + inet.getPort();
    }

    private static String withoutZone(String ipv6) {
        int zone = ipv6.indexOf('%');
        return zone < 0 ? ipv6 : ipv6.substring(0, zone);
    }

    private ProbeResult judge(Answer answer) throws IOException, InterruptedException, HttpHead.Malformed {
        int start = 0;
        int status = status(answer, start);
        while (status >= 100 && status < 200 && status != 101) {
            // An interim answer (RFC 9110 section 15.2): the real one follows.
            start = head(answer, start).bodyStart();
            status = status(answer, start);
        }
        if (!statuses.contains(status)) {
            return ProbeResult.failed("status " + status + HttpHead.phrase(answer, start) + ", expected " + statuses);
        }
        for (var wanted : answerFields) {
            if (!wanted.holds(head(answer, start))) {
                return ProbeResult.failed("status " + status + ", but the header is not '" + wanted.text() + "'");
            }
        }
        if (bodyWithout.isPresent()) {
            var found = judgeBody(answer, start, bodyWithout.get());
            if (found.isPassed()) {
                return ProbeResult.failed("status " + status + ", but the body has '"
                        + bodyWithout.get().text() + "'");
            }
        }
        return body.isEmpty() ? ProbeResult.passed("status " + status) : judgeBody(answer, start, body.get());
    }

    private int status(Answer answer, int start) throws IOException, HttpHead.Malformed {
        for (var status = HttpHead.status(answer, start); ; status = HttpHead.status(answer, start)) {
            if (status.isPresent()) {
                return status.get();
            }
            awaitHead(answer, start);
        }
    }

    private HttpHead head(Answer answer, int start) throws IOException, HttpHead.Malformed {
        for (var head = HttpHead.read(answer, start); ; head = HttpHead.read(answer, start)) {
            if (head.isPresent()) {
                return head.get();
            }
            awaitHead(answer, start);
        }
    }

    private static void awaitHead(Answer answer, int start) throws IOException, HttpHead.Malformed {
        if (answer.isEnded()) {
            throw new HttpHead.Malformed(
                    answer.length() == 0
                            ? "connection closed without an answer"
                            : "connection closed within the answer's header");
        }
        if (answer.length() - start >= HEAD_LIMIT_BYTES || answer.isOver()) {
            throw new HttpHead.Malformed("header longer than " + HEAD_LIMIT_BYTES + " bytes");
        }
        answer.more();
    }

    private ProbeResult judgeBody(Answer answer, int start, Expectation wanted)
            throws IOException, InterruptedException, HttpHead.Malformed {
        var head = head(answer, start);
        int bodyStart = head.bodyStart();
        int lookAgainAt = 0;
        while (true) {
            int length = Math.min(answer.length() - bodyStart, BODY_LIMIT_BYTES);
            boolean isComplete = answer.isOver() || length == BODY_LIMIT_BYTES || isWhole(answer, head, length);
            if (isComplete || length >= lookAgainAt) {
                if (wanted.isIn(slice(answer, bodyStart, length), length)) {
                    return ProbeResult.passed("status " + head.status() + ", body as expected");
                }
                lookAgainAt = length * 2 + 1;
            }
            if (isComplete) {
                return ProbeResult.failed("status " + head.status() + ", but the body has no '" + wanted.text() + "'");
            }
            answer.more();
        }
    }

    private static byte[] slice(Answer answer, int start, int length) {
        var body = new byte[length];
        System.arraycopy(answer.bytes(), start, body, 0, length);
        return body;
    }

    /** Whether the body has come to its end on a connection that stays open. */
    private boolean isWhole(Answer answer, HttpHead head, int length) {
        if (isBodiless || head.status() == 204 || head.status() == 304) {
            return true;
        }
        if (head.isChunked()) {
            int from = Math.max(head.bodyStart(), answer.length() - 7);
            return answer.indexOf("\r\n0\r\n\r\n", from) >= 0
                    || (length == 5 && answer.indexOf("0\r\n\r\n", from) >= 0);
        }
        return head.contentLength().isPresent()
                && length >= head.contentLength().getAsLong();
    }
}

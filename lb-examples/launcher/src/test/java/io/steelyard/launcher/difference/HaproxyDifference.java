package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.RequestMaker.Request;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Where we do something else than HAProxy 2.6, and why. docs/migrating.md tells users. */
enum HaproxyDifference {
    /** Fields about one connection alone are dropped in both directions, an Upgrade that nobody asks for among them (RFC 9110 section 7.6.1). */
    HOPS,
    /** A target with scheme and host goes on as a path; servers are shared by clients that name them in different ways. */
    ABSOLUTE_TARGET,
    /** Servers are spoken to in HTTP/1.1, also for clients of HTTP/1.0, which get no chunks. */
    OLD_VERSION,
    /** An answer without a length becomes a chunked one, so that its end can be told from a break, and the client's connection is kept. */
    CHUNKED_ANSWER,
    /** A request that may be repeated is read as a whole before, and has a length then. */
    MEASURED,
    /** What request smuggling is made of is refused. */
    STRICT,
    /** What is wrong with a body is seen when the other side has the head. */
    BODY_LATER,
    /** A client that finishes sending before its answer is gone. */
    GONE,
    /** A server's answer that can be read in two ways is none. */
    STRICT_ANSWER,
    /** A head that is longer than HAProxy's buffer is passed on. */
    LONG_ANSWER,
    /**
     * We invite the body ourselves, so that a server never has to. The connection of a client that is not invited ends, for whether its body comes
     * cannot be told; that of one that has sent it meanwhile does not.
     */
    EXPECT,
    /** Interim answers of servers are not passed on. */
    INTERIM,
    /** Trailers go to clients that say that they take them (RFC 9110 section 6.5.1). */
    TRAILERS,
    /** What fails in a later request of a connection is told, as in the first one. */
    TOLD,
    /** The coding of a body that does not come is not told. */
    HEAD_CODING,
    /** A request is sent anew where a kept connection ended without a byte. */
    SENT_ANEW;

    private static final Set<String> HOP_FIELDS = Set.of("keep-alive", "proxy-connection", "upgrade");
    private static final Set<ClientFault> IN_BODIES = EnumSet.of(
            ClientFault.CHUNK_NOT_HEXADECIMAL,
            ClientFault.CHUNK_PREFIXED,
            ClientFault.CHUNK_WITHOUT_END,
            ClientFault.CHUNK_BARE_LINE_FEED);
    private static final Set<String> TWO_WAYS = Set.of(
            "both-lengths",
            "equal-lengths",
            "folded",
            "different-lengths",
            "no-colon",
            "space-before-colon",
            "odd-length");

    static Optional<HaproxyDifference> of(List<Request> sent, int index, Outcome theirs, Outcome ours) {
        var request = sent.get(index);
        var text = request.text();
        var fault = request.fault();
        var reply = request.reply();
        if (without(theirs).equals(without(ours))) {
            return Optional.of(HOPS);
        }
        if (reply.equals("long-field")) {
            return Optional.of(LONG_ANSWER);
        }
        if (request.method().equals("HEAD")
                && without(without(theirs, "transfer-encoding")).equals(without(ours))) {
            return Optional.of(HEAD_CODING);
        }
        boolean isRefused = ours.status().startsWith("HTTP/1.1 400 ");
        if (fault != ClientFault.NONE) {
            if (fault.ends()) {
                return Optional.of(GONE);
            }
            if (isRefused && (theirs.status().equals(ours.status()) || IN_BODIES.contains(fault))) {
                return Optional.of(BODY_LATER);
            }
            if (isRefused && ours.received().isEmpty()) {
                return Optional.of(STRICT);
            }
        }
        if (isRefused && ours.received().isEmpty() && text.contains("/%2e%2e")) {
            return Optional.of(STRICT);
        }
        var earlier = sent.subList(0, index);
        if (ours.status().equals("no answer")
                && earlier.stream().anyMatch(one -> one.text().contains("Expect:"))) {
            return Optional.of(EXPECT);
        }
        if (text.contains("Expect:")) {
            return Optional.of(EXPECT);
        }
        if (theirs.status().contains("HTTP/1.1 100 ") || theirs.status().contains("HTTP/1.1 103 ")) {
            return Optional.of(INTERIM);
        }
        if (ours.fields().contains("transfer-encoding: chunked") && reply.contains("until-end")) {
            return Optional.of(CHUNKED_ANSWER);
        }
        if (theirs.status().equals("no answer")
                && earlier.stream().anyMatch(one -> one.reply().equals("until-end"))) {
            return Optional.of(CHUNKED_ANSWER);
        }
        if (text.contains(" HTTP/1.0\r\n")) {
            return Optional.of(OLD_VERSION);
        }
        if (text.matches("(?s)[A-Za-z]+ http:.*")) {
            return Optional.of(ABSOLUTE_TARGET);
        }
        if (request.place().matches("/(repeats|statuses)/") && text.contains("chunked")) {
            return Optional.of(MEASURED);
        }
        if (TWO_WAYS.contains(reply)) {
            return Optional.of(STRICT_ANSWER);
        }
        if (reply.equals("bad-chunk")) {
            return Optional.of(BODY_LATER);
        }
        if (reply.equals("trailers") && theirs.body().equals(ours.body() + " trailers [x-t: 1]")) {
            return Optional.of(TRAILERS);
        }
        if (index > 0
                && theirs.status().equals("no answer")
                && ours.status().matches("HTTP/1.1 (50[234] .*|302 Found)")) {
            return Optional.of(TOLD);
        }
        if (reply.startsWith("hangs-up") || reply.equals("reset")) {
            return Optional.of(SENT_ANEW);
        }
        return Optional.empty();
    }

    private static Outcome without(Outcome outcome, String name) {
        var fields = outcome.fields().stream()
                .filter(field -> !field.startsWith(name + ": "))
                .toList();
        return new Outcome(outcome.status(), fields, outcome.body(), outcome.received());
    }

    private static Outcome without(Outcome outcome) {
        var fields = outcome.fields().stream()
                .filter(field -> !HOP_FIELDS.contains(field.split(":")[0]) && !field.equals("connection: x-hop"))
                .toList();
        var received = outcome.received().stream()
                .map(text -> text.lines()
                        .filter(line -> !HOP_FIELDS.contains(line.split(":")[0]) && !line.equals("connection: TE"))
                        .map(line -> line.replace("connection: close, TE", "connection: close"))
                        .distinct()
                        .collect(Collectors.joining("\n")))
                .toList();
        return new Outcome(outcome.status(), fields, outcome.body(), received);
    }
}

package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.RequestMaker.Request;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Where we do something else than nginx 1.22, and why. docs/migrating.md tells users. */
enum NginxDifference {
    /** Reason phrases of our own answers are those of RFC 9110; nginx has older ones. */
    REASON,
    /** Of a field that nginx takes only once, two came: nginx refuses some of these, we forward them. */
    FIELD_TWICE,
    /** The body came with its head, so that the client waits for no invitation (RFC 9110 section 10.1.1). */
    NOT_INVITED,
    /** A client that asked to be invited, and was not, may send its body or not: the connection ends, where nginx invites it after all. */
    NOT_INVITED_ENDS,
    /** A field about one connection alone, which RFC 9110 section 7.6.1 has us drop. */
    PROXY_CONNECTION,
    /** A decoded path in {@code proxy_pass} is encoded before it is sent; nginx sends it as it is, with its spaces. */
    PATH_ENCODED,
    /** A body without a length that is not buffered stays without one; nginx measures it where all of it came with the head. */
    STAYS_CHUNKED,
    /** The values of a field that came twice are joined, as by nginx 1.23 and later. */
    JOINED,
    /** A request is sent anew where a kept connection ended without a byte; nginx does it after half a head, too. */
    SENT_ANEW,
    /** An answer without a length that breaks off is reset, so that nobody takes it for the whole; nginx ends it as if it were complete. */
    BROKEN_OFF,
    /** A request is refused that nginx lets through: line feeds alone, fragments, two hosts, fields without a colon, HTTP/0.9 and HTTP/1.2. */
    STRICT,
    /** Both refuse a request, with other statuses. */
    OTHER_REFUSAL,
    /** Methods may be of small letters. */
    SMALL_METHOD,
    /** A question mark of the path that {@code rewrite} matched stays one of the path in a redirection; nginx makes it the query's. */
    QUESTION_MARK,
    /** A page for an error that a server is asked for is got without the request's body; nginx sends that along. */
    PAGE_WITHOUT_BODY,
    /** A nested location's redirections follow its own proxy_pass; nginx takes the outer location's. */
    NESTED_REDIRECT;

    private static final Map<String, String> OLD_REASONS = Map.of(
            "HTTP/1.1 413 Request Entity Too Large", "HTTP/1.1 413 Content Too Large",
            "HTTP/1.1 302 Moved Temporarily", "HTTP/1.1 302 Found",
            "HTTP/1.1 405 Not Allowed", "HTTP/1.1 405 Method Not Allowed");
    private static final Pattern REFUSAL = Pattern.compile("^HTTP/1.1 (400|405|414|431|501|505) ");
    private static final Pattern TWICE = Pattern.compile("(?ms)^(Authorization|If-[A-Za-z-]+): .*^\\1: ");

    /** Whether a field stands twice in a request that nginx takes once only. */
    static boolean hasFieldTwice(String text) {
        return TWICE.matcher(text).find();
    }

    /** Answers that end before their heads do. */
    private static final Set<String> WITHOUT_HEAD =
            Set.of("hangs-up", "half-head", "slow-half-head", "reset", "reset-head");

    /** Whether the same was sent, by one of both once more. */
    private static boolean isSentAnew(String reply, Outcome theirs, Outcome ours) {
        return WITHOUT_HEAD.contains(reply)
                && theirs.received().size() != ours.received().size()
                && withoutProxyConnection(theirs.received()).stream()
                        .distinct()
                        .toList()
                        .equals(ours.received().stream().distinct().toList());
    }

    private static List<String> withoutBody(List<String> received) {
        return withoutProxyConnection(received).stream()
                .map(text -> text.substring(0, text.indexOf("\n\n") + 2).replaceFirst("content-length: .*\n", ""))
                .toList();
    }

    private static List<String> withoutProxyConnection(List<String> received) {
        return received.stream()
                .map(text -> text.replace("proxy-connection: keep-alive\n", ""))
                .toList();
    }

    private static final Set<ClientFault> LET_THROUGH = EnumSet.of(
            ClientFault.BARE_LINE_FEED,
            ClientFault.CHUNK_BARE_LINE_FEED,
            ClientFault.FRAGMENT,
            ClientFault.HOST_WITH_USER,
            ClientFault.NO_COLON,
            ClientFault.OTHER_HOST_IN_TARGET,
            ClientFault.TWO_SPACES,
            ClientFault.VERSION_1_2,
            ClientFault.VERSION_MISSING);

    private static Optional<NginxDifference> ofFault(ClientFault fault, Outcome theirs, Outcome ours) {
        boolean isRefused =
                REFUSAL.matcher(ours.status()).find() && ours.received().isEmpty();
        if (isRefused
                && REFUSAL.matcher(theirs.status()).find()
                && theirs.received().isEmpty()) {
            return Optional.of(OTHER_REFUSAL);
        }
        if (fault == ClientFault.ASTERISK
                && theirs.received().isEmpty()
                && ours.received().isEmpty()) {
            return Optional.of(OTHER_REFUSAL);
        }
        if (isRefused && LET_THROUGH.contains(fault)) {
            return Optional.of(STRICT);
        }
        return fault == ClientFault.LOWER_CASE_METHOD ? Optional.of(SMALL_METHOD) : Optional.empty();
    }

    static Optional<NginxDifference> of(List<Request> sent, int index, Outcome theirs, Outcome ours) {
        var fault = sent.get(index).fault();
        if (fault != ClientFault.NONE) {
            var ofFault = ofFault(fault, theirs, ours);
            if (ofFault.isPresent()) {
                return ofFault;
            }
        }
        if (ours.status().equals(OLD_REASONS.get(theirs.status()))
                && ours.received().equals(theirs.received())) {
            return Optional.of(REASON);
        }
        for (int i = 0; i <= index; i++) {
            if (TWICE.matcher(sent.get(i).text()).find()) {
                return Optional.of(FIELD_TWICE);
            }
        }
        if (theirs.status().equals("HTTP/1.1 100 Continue, " + ours.status())) {
            return Optional.of(NOT_INVITED);
        }
        var text = sent.get(index).text();
        var reply = sent.get(index).reply();
        boolean isSameAnswer = ours.status().equals(theirs.status())
                && ours.fields().equals(theirs.fields())
                && ours.body().equals(theirs.body());
        if (isSameAnswer && isSentAnew(reply, theirs, ours)) {
            return Optional.of(SENT_ANEW);
        }
        boolean hasEnded = ours.status().equals("no answer")
                && sent.subList(0, index).stream()
                        .anyMatch(before -> before.text().contains("Expect:"));
        if (hasEnded || text.contains("Expect:") && ours.fields().contains("connection: close")) {
            return Optional.of(NOT_INVITED_ENDS);
        }
        if (isSameAnswer && sent.get(index).place().startsWith("/variables/")) {
            return Optional.of(PATH_ENCODED);
        }
        if (isSameAnswer && sent.get(index).place().startsWith("/unbuffered/") && text.contains("chunked")) {
            return Optional.of(STAYS_CHUNKED);
        }
        if (isSameAnswer && text.split("X-Kind: ").length > 2) {
            return Optional.of(JOINED);
        }
        if ((ours.status().startsWith("the connection broke") || ours.isBrokenOff())
                && reply.matches("((slow-)?short|reset)-.*|(slow-)?short")
                && text.contains(" HTTP/1.0")) {
            return Optional.of(BROKEN_OFF);
        }
        if (sent.get(index).place().startsWith("/permanent/")
                && ours.fields()
                        .toString()
                        .replace("/%3F", "/?")
                        .equals(theirs.fields().toString())) {
            return Optional.of(QUESTION_MARK);
        }
        if (isSameAnswer
                && sent.get(index).place().startsWith("/fallback/")
                && ours.received()
                        .equals(withoutBody(theirs.received())
                                .subList(0, ours.received().size()))) {
            return Optional.of(PAGE_WITHOUT_BODY);
        }
        if (reply.equals("moved-host") && text.contains("/nested/inner/")) {
            return Optional.of(NESTED_REDIRECT);
        }
        if (ours.status().equals(theirs.status())
                && ours.fields().equals(theirs.fields())
                && ours.received().equals(withoutProxyConnection(theirs.received()))) {
            return Optional.of(PROXY_CONNECTION);
        }
        return Optional.empty();
    }
}

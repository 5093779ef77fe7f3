package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.RequestMaker.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What came of a request: the answer that the client got, and what servers were sent for it.
 *
 * @param status the start line, with those of interim answers before it
 * @param received each attempt at the request
 */
record Outcome(String status, List<String> fields, String body, List<String> received) {
    /** Answers that are reset behind their heads. */
    private static final Set<String> MAY_PASS = Set.of("reset-body", "reset-chunks");

    private static final String BREAKS_OFF = "an answer that breaks off";

    /** Of requests that are sent to a port by one connection. */
    static List<Outcome> of(int port, List<Request> sent, RecordingServer server) {
        var answers = Conversation.answers(port, sent);
        return IntStream.range(0, sent.size())
                .mapToObj(i -> {
                    var answer = answers.get(i);
                    if (answer.status().contains(" 504 ")) {
                        // The proxy may be out of patience before the server has read what it was sent.
                        server.await(sent.get(i).number());
                    }
                    var received = server.take(sent.get(i).number());
                    return new Outcome(answer.status(), answer.fields(), answer.body(), received)
                            .withoutChance(sent.get(i).reply());
                })
                .toList();
    }

    /** How much of an answer passes that its server resets is chance; that it does not pass as a whole is none. */
    private Outcome withoutChance(String reply) {
        boolean isIncomplete = body.endsWith(HttpText.BROKEN_OFF) || !status.startsWith("HTTP/");
        return MAY_PASS.contains(reply) && isIncomplete ? new Outcome(BREAKS_OFF, List.of(), "", received) : this;
    }

    /** Whether it is an answer of which an unknown part passed. */
    boolean isBrokenOff() {
        return status.equals(BREAKS_OFF);
    }

    /** Without what is another each time: dates, the port. In the order of names. */
    Outcome normal(int port) {
        var kept = fields.stream()
                .filter(field -> !field.startsWith("date: "))
                .map(field -> field.replace(":" + port, ":PORT"))
                .sorted()
                .toList();
        return new Outcome(status, kept, body, received);
    }

    boolean hasSameAnswer(Outcome other) {
        return status.equals(other.status) && fields.equals(other.fields) && body.equals(other.body);
    }

    String differenceTo(Outcome other) {
        if (!status.equals(other.status)) {
            return "status " + status + " / " + other.status;
        }
        if (!fields.equals(other.fields)) {
            return "fields " + without(fields, other.fields) + " / " + without(other.fields, fields);
        }
        if (!received.equals(other.received)) {
            return "received by the server " + received.size() + " / " + other.received.size() + " times: "
                    + without(lines(received), lines(other.received)) + " / "
                    + without(lines(other.received), lines(received));
        }
        return "body";
    }

    private static List<String> lines(List<String> received) {
        return received.stream().flatMap(String::lines).toList();
    }

    private static List<String> without(List<String> all, List<String> gone) {
        var left = new ArrayList<>(all);
        gone.forEach(left::remove);
        return left;
    }

    String shown() {
        return status + " " + fields + " " + cut(body) + " <" + cut(String.join(" || ", received)) + ">";
    }

    private static String cut(String text) {
        var line = text.replace("\n", "\\n").replaceAll("x{50,}", "xx..").replaceAll("v{50,}", "vv..");
        return line.length() > 600 ? line.substring(0, 600) + "..." : line;
    }
}

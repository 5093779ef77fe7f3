package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.launcher.difference.RequestMaker.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Sends the same requests to another program and to us, and tells every difference that is not known.
 *
 * @param known the differences there may be, each of which must be met
 * @param normal leaves out of an outcome what may differ
 */
record Comparison<D extends Enum<D>>(
        Class<D> known, RecordingServer server, UnaryOperator<Outcome> normal, Rule<D> rule) {
    /** Which known difference it is that the outcomes of one of the requests differ by. */
    @FunctionalInterface
    interface Rule<D> {
        Optional<D> of(List<Request> sent, int index, Outcome theirs, Outcome ours);
    }

    void run(RequestMaker maker, int connections, int theirPort, int ourPort) {
        var unknown = new TreeMap<String, List<String>>();
        var met = new TreeMap<D, Integer>();
        int requests = 0;
        for (int i = 0; i < connections; i++) {
            var sent = maker.connection(i);
            requests += sent.size();
            var theirs = outcomes(theirPort, sent);
            var ours = outcomes(ourPort, sent);
            for (int k = 0; k < sent.size(); k++) {
                if (!theirs.get(k).equals(ours.get(k))) {
                    var found = rule.of(sent, k, theirs.get(k), ours.get(k));
                    if (found.isPresent()) {
                        met.merge(found.get(), 1, Integer::sum);
                    } else {
                        var kind = theirs.get(k).differenceTo(ours.get(k));
                        unknown.computeIfAbsent(sent.get(k).fault() + " " + kind, absent -> new ArrayList<>())
                                .add(shown(sent, k, theirs, ours));
                    }
                }
            }
        }
        System.out.println(requests + " requests; known differences " + met);
        assertThat(requests).isGreaterThanOrEqualTo(connections);
        assertThat(report(unknown)).isEmpty();
        assertThat(met.keySet())
                .as("a difference that is no more leaves the list")
                .contains(known.getEnumConstants());
    }

    private List<Outcome> outcomes(int port, List<Request> sent) {
        return Outcome.of(port, sent, server).stream()
                .map(outcome -> normal.apply(outcome.normal(port)))
                .toList();
    }

    private static String shown(List<Request> sent, int index, List<Outcome> theirs, List<Outcome> ours) {
        var text = new StringBuilder();
        for (int i = Math.max(0, index - 1); i <= index; i++) {
            var request = sent.get(i);
            text.append(i < index ? "after " : "")
                    .append(request.fault() == ClientFault.NONE ? "" : request.fault() + " ")
                    .append(request.text()
                            .replaceAll("v{50,}", "vv..")
                            .lines()
                            .limit(12)
                            .toList())
                    .append("\n   theirs ")
                    .append(theirs.get(i).shown())
                    .append("\n   ours   ")
                    .append(ours.get(i).shown())
                    .append('\n');
        }
        return text.toString();
    }

    private static String report(Map<String, List<String>> unknown) {
        var text = new StringBuilder();
        unknown.forEach((kind, cases) -> text.append(cases.size())
                .append(" x ")
                .append(kind)
                .append('\n')
                .append(cases.getFirst())
                .append('\n'));
        return text.toString();
    }
}

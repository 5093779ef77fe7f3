package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The servers a request was sent to, and what the last of them answered, as variables in nginx's form tell it. Owned by one loop. */
final class ServersTried {
    private static final String NONE = "-";

    private final List<ServerTry> ended = new ArrayList<>(1);

    /** Which tries were the first for another page; null while there was no other page. */
    private @Nullable List<Integer> turns;

    private @Nullable ResponseHead answer;

    /** The try whose answer is under way, as it was when the head came. */
    private @Nullable Attempt answering;

    private @Nullable FieldBlock trailers;

    /** Servers are asked from here on, perhaps not for the first time. */
    void asks() {
        if (!ended.isEmpty()) {
            if (turns == null) {
                turns = new ArrayList<>(1);
            }
            turns.add(ended.size());
        }
    }

    /** The head of a server's answer has come. */
    void answer(ResponseHead head, Attempt attempt) {
        answer = head;
        answering = attempt;
    }

    /** A server is no longer asked. */
    void add(ServerTry one) {
        ended.add(one);
        answering = null;
    }

    /** The answer that came counts no longer. */
    void noAnswer() {
        answer = null;
        answering = null;
    }

    /** The fields behind the server's answer. */
    void trailers(FieldBlock value) {
        trailers = value;
    }

    /** The server's connection goes on to serve others: what is known of its answer stays. */
    void keepAnswer() {
        answer = answer == null ? null : answer.copy();
        trailers = trailers == null ? null : trailers.copy();
    }

    /** The answer of the server; null before there is one. */
    @Nullable
    ResponseHead answer() {
        return answer;
    }

    // ---- as variables

    @Nullable
    String address() {
        return joined(ServerTry::address);
    }

    @Nullable
    String statuses() {
        return joined(one -> one.status() == 0 ? NONE : Integer.toString(one.status()));
    }

    @Nullable
    String queueTime() {
        return joined(one -> seconds(one.queueMs()));
    }

    @Nullable
    String connectTime() {
        return joined(one -> seconds(one.connectMs()));
    }

    @Nullable
    String headerTime() {
        return joined(one -> seconds(one.headerMs()));
    }

    @Nullable
    String responseTime() {
        return joined(one -> seconds(one.responseMs()));
    }

    @Nullable
    String bytesSent() {
        return joined(one -> Long.toString(one.bytesSent()));
    }

    @Nullable
    String bytesReceived() {
        return joined(one -> Long.toString(one.bytesReceived()));
    }

    @Nullable
    String responseLength() {
        return joined(one -> Long.toString(one.bodyBytes()));
    }

    /** A field of the server's answer. As with nginx, one without {@code Server} or {@code Date} has them empty. */
    @Nullable
    String field(String name) {
        if (answer == null) {
            return null;
        }
        var value = FieldValues.all(answer.fields(), name);
        return value == null && (name.equals("server") || name.equals("date")) ? "" : value;
    }

    /** A cookie that the server's answer sets. */
    @Nullable
    String cookie(String name) {
        return answer == null ? null : Cookies.set(answer.fields(), name);
    }

    @Nullable
    String trailer(String name) {
        return trailers == null ? null : FieldValues.all(trailers, name);
    }

    /** What is told of each server tried, as nginx joins it: another sign where servers were asked anew for another page. */
    private @Nullable String joined(Function<ServerTry, String> text) {
        var underway = answering != null && answer != null ? answering.soFar(answer.status()) : null;
        if (ended.isEmpty()) {
            return underway == null ? null : text.apply(underway);
        }
        var all = new StringBuilder(text.apply(ended.getFirst()));
        for (int i = 1; i < ended.size(); i++) {
            all.append(separator(i)).append(text.apply(ended.get(i)));
        }
        if (underway != null) {
            all.append(separator(ended.size())).append(text.apply(underway));
        }
        return all.toString();
    }

    private String separator(int index) {
        return turns != null && turns.contains(index) ? " : " : ", ";
    }

    private static String seconds(long ms) {
        return ms < 0 ? NONE : RequestFacts.seconds(ms);
    }
}

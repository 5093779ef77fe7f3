package io.steelyard.http.proxy;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.HttpAction;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.route.FieldChanges;
import io.steelyard.http.route.Target;
import org.jspecify.annotations.Nullable;

/** An answer, as the rules about answers see and change it. What is only of requests is left alone. Used by one request. */
final class AnswerTarget implements Target {
    private final RequestFacts facts;
    private final FieldBlock fields;

    AnswerTarget(RequestFacts facts, FieldBlock fields) {
        this.facts = facts;
        this.fields = fields;
    }

    @Override
    public String path() {
        return facts.path();
    }

    @Override
    public String query() {
        return facts.query();
    }

    @Override
    public boolean wasEncoded() {
        return false;
    }

    @Override
    public void change(String path, String query) {}

    @Override
    public boolean takePathChanged() {
        return false;
    }

    @Override
    public void markPathChanged() {}

    @Override
    public void prioritise(HttpAction.Prioritise.Kind kind, int value) {}

    @Override
    public void change(FieldChanges.Change change) {}

    @Override
    public FieldBlock fields() {
        return fields;
    }

    @Override
    public String part(HttpAction.Part part) {
        return RequestLine.part(facts, part);
    }

    /** A status out of range, or that stands for what an answer cannot become, is left as it was. */
    @Override
    public void change(HttpAction.Part part, String value) {
        int space = value.indexOf(' ');
        var number = space < 0 ? value : value.substring(0, space);
        if (part == HttpAction.Part.STATUS && number.matches("[2-5][0-9][0-9]")) {
            facts.status(Integer.parseInt(number));
            facts.reason(space < 0 ? null : value.substring(space + 1).replaceAll("[\\x00-\\x1F\\x7F]", " "));
        }
    }

    @Override
    public void note(String name, @Nullable String value) {
        facts.notes().put(name, value);
    }

    @Override
    public void track(Tracking tracking, String key) {
        facts.tracking().track(tracking, key);
    }

    @Override
    public void count(Counting counting, String value) {
        facts.tracking().count(counting, value);
    }

    @Override
    public boolean hasRoute(String name) {
        return false;
    }
}

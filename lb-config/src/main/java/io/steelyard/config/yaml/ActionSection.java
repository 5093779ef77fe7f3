package io.steelyard.config.yaml;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link HttpAction}. */
final class ActionSection extends Section<HttpAction> {
    private final Key<HttpAction, Assignment> assignment = absent(
            "assignment",
            new AssignmentSection(),
            action -> as(action, HttpAction.Assign.class).map(HttpAction.Assign::assignment),
            "",
            "Gives a variable a value.");
    private final Key<HttpAction, HttpAction.Reply> reply = absent(
            "reply",
            new ReplySection(),
            action -> as(action, HttpAction.Reply.class),
            "",
            "Answers, and ends the rules.");
    private final Key<HttpAction, HttpAction.Rewrite> rewrite = absent(
            "rewrite",
            new RewriteSection(),
            action -> as(action, HttpAction.Rewrite.class),
            "",
            "Changes the path, and the query, where a regular expression matches the path.");
    private final Key<HttpAction, Boolean> stay = absent(
            "stay",
            Forms.flag(),
            action -> as(action, HttpAction.Stay.class).map(end -> true),
            "",
            "`true`: ends the rules; the route stays.");
    private final Key<HttpAction, Boolean> vanish = absent(
            "vanish",
            Forms.flag(),
            action -> as(action, HttpAction.Vanish.class).map(end -> true),
            "",
            "`true`: forgets the client's connection without a word to the client, which takes it for open; needs CAP_NET_ADMIN, or else a router between.");
    private final Key<HttpAction, String> route = absent(
            "route",
            Forms.text(),
            action -> as(action, HttpAction.Go.class).map(HttpAction.Go::route),
            "",
            "Hands the request to the route of this name, whatever its path, and ends the rules.");
    private final Key<HttpAction, FieldChange> change = absent(
            "change",
            new FieldChangeSection(),
            action -> as(action, HttpAction.Change.class).map(HttpAction.Change::change),
            "",
            "Changes a field of the request before it is forwarded.");

    private final Key<HttpAction, Template> routeText = absent(
            "routeText",
            TemplateForm.template(),
            action -> as(action, HttpAction.GoTo.class).map(HttpAction.GoTo::route),
            "",
            "As `route`, by a name with variables in it; nothing where there is no such route.");
    private final Key<HttpAction, HttpAction.Fail> fail = absent(
            "fail",
            Forms.shortened(new EditSections.FailSection(), "status"),
            action -> as(action, HttpAction.Fail.class),
            "",
            "Answers with an error of our own, and ends the rules. A number alone is the status.");
    private final Key<HttpAction, HttpAction.Respond> respond = absent(
            "respond",
            new EditSections.RespondSection(),
            action -> as(action, HttpAction.Respond.class),
            "",
            "Answers with these fields and this body, and ends the rules.");
    private final Key<HttpAction, HttpAction.EditField> editField = absent(
            "editField",
            new EditSections.FieldSection(),
            action -> as(action, HttpAction.EditField.class),
            "",
            "Changes a field at once, of the request or, among the rules of answers, of the answer.");
    private final Key<HttpAction, HttpAction.EditLine> editLine = absent(
            "editLine",
            new EditSections.LineSection(),
            action -> as(action, HttpAction.EditLine.class),
            "",
            "Changes the request line, or an answer's status, at once.");
    private final Key<HttpAction, HttpAction.Remember> remember = absent(
            "remember",
            new EditSections.RememberSection(),
            action -> as(action, HttpAction.Remember.class),
            "",
            "Notes a text for later rules.");
    private final Key<HttpAction, HttpAction.Prioritise> priority = absent(
            "priority",
            new PrioritySection(),
            action -> as(action, HttpAction.Prioritise.class),
            "",
            "Says when the request's turn comes where it has to wait for a server.");

    private final Key<HttpAction, Tracking> track = absent(
            "track",
            new TrackingSection(),
            action -> as(action, HttpAction.Track.class).map(HttpAction.Track::tracking),
            "",
            "Counts what the request does under a key of a stick table.");
    private final Key<HttpAction, Counting> count = absent(
            "count",
            new CountingSection(),
            action -> as(action, HttpAction.Count.class).map(HttpAction.Count::counting),
            "",
            "Changes a counter of what the request or its connection tracks.");

    ActionSection() {
        super("action");
    }

    private static <A extends HttpAction> Optional<A> as(HttpAction action, Class<A> type) {
        return Optional.of(action).filter(type::isInstance).map(type::cast);
    }

    @Override
    HttpAction make(Values values) {
        var given = Stream.<Optional<? extends HttpAction>>of(
                        values.find(assignment).map(HttpAction.Assign::new),
                        values.find(reply),
                        values.find(rewrite),
                        values.find(stay).filter(is -> is).map(is -> new HttpAction.Stay()),
                        values.find(vanish).filter(is -> is).map(is -> new HttpAction.Vanish()),
                        values.find(route).map(HttpAction.Go::new),
                        values.find(change).map(HttpAction.Change::new),
                        values.find(routeText).map(HttpAction.GoTo::new),
                        values.find(fail),
                        values.find(respond),
                        values.find(editField),
                        values.find(editLine),
                        values.find(remember),
                        values.find(priority),
                        values.find(track).map(HttpAction.Track::new),
                        values.find(count).map(HttpAction.Count::new))
                .<HttpAction>flatMap(Optional::stream)
                .toList();
        if (given.size() != 1) {
            throw new IllegalArgumentException("an action has " + (given.isEmpty() ? "no key" : "several keys")
                    + "; expected one of assignment, reply, rewrite, stay, vanish, route, change, priority, routeText, fail, respond, editField, "
                    + "editLine, remember, track, count");
        }
        return given.getFirst();
    }

    /** {@link HttpAction.Reply}. */
    static final class ReplySection extends Section<HttpAction.Reply> {
        private final Key<HttpAction.Reply, Integer> status = required(
                "status",
                Forms.whole(100, 599),
                HttpAction.Reply::status,
                "The status; 444 closes the connection without an answer.");
        private final Key<HttpAction.Reply, Template> text = absent(
                "text",
                TemplateForm.template(),
                HttpAction.Reply::text,
                "a page of our own",
                "The body; the place to go to where the status is 301, 302, 303, 307 or 308.");
        private final Key<HttpAction.Reply, Template> contentType = absent(
                "contentType",
                TemplateForm.template(),
                HttpAction.Reply::contentType,
                "the route's `defaultType`",
                "The body's media type.");

        ReplySection() {
            super("reply");
        }

        @Override
        HttpAction.Reply make(Values values) {
            return new HttpAction.Reply(values.get(status), values.find(text), values.find(contentType));
        }
    }

    /** {@link HttpAction.Prioritise}. */
    static final class PrioritySection extends Section<HttpAction.Prioritise> {
        private final Key<HttpAction.Prioritise, HttpAction.Prioritise.Kind> kind = optional(
                "kind",
                Forms.word(HttpAction.Prioritise.Kind.class),
                HttpAction.Prioritise::kind,
                HttpAction.Prioritise.Kind.CLASS,
                "`class`: the lowest is first; `offset`: within a class, milliseconds by which it is taken to have come later.");
        private final Key<HttpAction.Prioritise, Template> value = required(
                "value",
                TemplateForm.template(),
                HttpAction.Prioritise::value,
                "A whole number: a class of -2047 to 2047, an offset of -524287 to 524287.");

        PrioritySection() {
            super("priority");
        }

        @Override
        HttpAction.Prioritise make(Values values) {
            return new HttpAction.Prioritise(values.or(kind, HttpAction.Prioritise.Kind.CLASS), values.get(value));
        }
    }

    /** {@link HttpAction.Rewrite}. */
    static final class RewriteSection extends Section<HttpAction.Rewrite> {
        private final Key<HttpAction.Rewrite, String> expression = required(
                "expression",
                Forms.text(),
                HttpAction.Rewrite::expression,
                "The regular expression the path must match.");
        private final Key<HttpAction.Rewrite, Boolean> ignoresCase = optional(
                "ignoresCase",
                Forms.flag(),
                HttpAction.Rewrite::ignoresCase,
                false,
                "Whether letters' case does not matter.");
        private final Key<HttpAction.Rewrite, Template> replacement = required(
                "replacement",
                TemplateForm.template(),
                HttpAction.Rewrite::replacement,
                "The new path, and query behind a `?`, which comes before the old one; with a `?` at its end the old query is left out.");
        private final Key<HttpAction.Rewrite, HttpAction.Then> then = optional(
                "then",
                Forms.word(HttpAction.Then.class),
                HttpAction.Rewrite::then,
                HttpAction.Then.GO_ON,
                "`goOn` to the next rule, with a new search for a route behind the last; `search` for it at once; `stay` without rules or "
                        + "search; or answer 302 or 301.");

        RewriteSection() {
            super("rewrite");
        }

        @Override
        HttpAction.Rewrite make(Values values) {
            return new HttpAction.Rewrite(
                    values.get(expression),
                    values.or(ignoresCase, false),
                    values.get(replacement),
                    values.or(then, HttpAction.Then.GO_ON));
        }
    }
}

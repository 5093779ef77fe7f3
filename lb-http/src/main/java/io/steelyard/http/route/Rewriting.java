package io.steelyard.http.route;

import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpAction.Then;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;

/** Changes a request's path and query by a regular expression (nginx {@code rewrite}), once compiled. */
final class Rewriting {
    private Rewriting() {}

    static Step step(HttpAction.Rewrite rewrite, VariableTable variables) {
        var pattern = NamedPattern.compile(rewrite.expression(), rewrite.ignoresCase());
        var whole = rewrite.replacement().toString();
        int mark = whole.indexOf('?');
        var text = mark < 0 ? whole : whole.substring(0, mark);
        var query = mark < 0 ? "" : whole.substring(mark + 1);
        boolean leads = text.startsWith("http://") || text.startsWith("https://") || text.startsWith("${scheme}");
        boolean dropsQuery = whole.endsWith("?");
        var path = Template.parse(text);
        // What was matched is decoded, while variables may be encoded already.
        boolean isDecoded = !text.contains("%") && path.variables().stream().allMatch(Rewriting::isGroup);
        var replacement = new Replacement(
                variables.compile(path),
                variables.compile(Template.parse(dropsQuery ? query.replaceFirst("\\?$", "") : query)),
                isDecoded,
                dropsQuery);
        int redirectStatus =
                rewrite.then() == Then.REDIRECT_FOR_EVER ? 301 : leads || rewrite.then() == Then.REDIRECT ? 302 : 0;
        return (target, evaluation) -> {
            if (!evaluation.matches(pattern, target.path())) {
                return Step.GO_ON;
            }
            return replace(target, evaluation, replacement, redirectStatus, rewrite.then());
        };
    }

    private static boolean isGroup(String variable) {
        return variable.chars().allMatch(Character::isDigit);
    }

    /**
     * What a rewrite makes of a request's target.
     *
     * @param path up to the first question mark that was written; one that was matched is part of the path
     * @param query behind it
     * @param isDecoded whether the path is decoded throughout, so that all of it is encoded where it is told to a client
     * @param dropsQuery whether the query the request had is left out
     */
    private record Replacement(CompiledTemplate path, CompiledTemplate query, boolean isDecoded, boolean dropsQuery) {}

    private static Verdict replace(
            Target target, Evaluation evaluation, Replacement replacement, int redirectStatus, Then then) {
        var path = evaluation.raw(replacement.path());
        // What was matched is decoded, and is put among parameters: a part of it must not become another parameter.
        var query = target.wasEncoded()
                ? evaluation.raw(replacement.query(), UriText::escapeArgument)
                : evaluation.raw(replacement.query());
        if (!replacement.dropsQuery() && !target.query().isEmpty()) {
            query = query.isEmpty() ? target.query() : query + "&" + target.query();
        }
        if (redirectStatus != 0) {
            var told = replacement.isDecoded() ? UriText.escape(path) : UriText.escapePath(path);
            var place = told + (query.isEmpty() ? "" : "?" + query);
            return new Verdict.Redirect(redirectStatus, place);
        }
        target.change(path, query);
        return switch (then) {
            case SEARCH -> {
                target.markPathChanged();
                target.takePathChanged();
                yield new Verdict.Search();
            }
            case STAY -> new Verdict.Stay();
            case GO_ON -> {
                target.markPathChanged();
                yield Step.GO_ON;
            }
            case REDIRECT, REDIRECT_FOR_EVER -> throw new IllegalStateException("a redirection has a status");
        };
    }
}

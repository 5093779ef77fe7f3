package io.steelyard.http.route;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpAction.Then;
import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import io.steelyard.http.message.FieldName;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;

/** An action, made ready. */
@FunctionalInterface
interface Step {
    Verdict GO_ON = new Verdict.GoOn();

    /** The one variable of the request that may be assigned: it is the query (nginx {@code set $args}). */
    String QUERY = HttpVariable.ARGS.variableName();

    /** HAProxy's greatest priority class. */
    int MOST_CLASS = 2047;

    /** HAProxy's greatest priority offset, in milliseconds. */
    int MOST_OFFSET = 524_287;

    Verdict run(Target target, Evaluation evaluation);

    static Step compile(HttpAction action, VariableTable variables) {
        return switch (action) {
            case HttpAction.Assign assign -> {
                var value = variables.compile(assign.assignment().value());
                var name = assign.assignment().variable();
                if (name.equals(QUERY)) {
                    yield (target, evaluation) -> {
                        target.change(target.path(), evaluation.raw(value));
                        return GO_ON;
                    };
                }
                yield (target, evaluation) -> {
                    evaluation.assign(name, value);
                    return GO_ON;
                };
            }
            case HttpAction.Reply reply -> {
                var verdict = new Verdict.Reply(
                        reply,
                        reply.text().map(variables::compile).orElse(null),
                        reply.contentType().map(variables::compile).orElse(null));
                yield (target, evaluation) -> verdict;
            }
            case HttpAction.Rewrite rewrite -> rewrite(rewrite, variables);
            case HttpAction.Stay stay -> (target, evaluation) -> new Verdict.Stay();
            case HttpAction.Go go -> {
                var verdict = new Verdict.Go(go.route());
                yield (target, evaluation) -> verdict;
            }
            case HttpAction.Prioritise prioritise -> {
                var value = variables.compile(prioritise.value());
                yield (target, evaluation) -> {
                    prioritise(target, prioritise.kind(), evaluation.raw(value).strip());
                    return GO_ON;
                };
            }
            case HttpAction.Change change -> {
                var ready = change(change.change(), variables);
                yield (target, evaluation) -> {
                    target.change(ready);
                    return GO_ON;
                };
            }
        };
    }

    /** What is no number has no effect (HAProxy). */
    private static void prioritise(Target target, HttpAction.Prioritise.Kind kind, String number) {
        int most = kind == HttpAction.Prioritise.Kind.CLASS ? MOST_CLASS : MOST_OFFSET;
        if (number.matches("[-+]?[0-9]{1,18}")) {
            target.prioritise(kind, Math.clamp(Long.parseLong(number), -most, most));
        }
    }

    private static FieldChanges.Change change(FieldChange change, VariableTable variables) {
        return new FieldChanges.Change(
                change.kind(), FieldName.of(change.name()), variables.compile(change.value()), change.always());
    }

    private static Step rewrite(HttpAction.Rewrite rewrite, VariableTable variables) {
        var pattern = NamedPattern.compile(rewrite.expression(), rewrite.ignoresCase());
        var text = rewrite.replacement().toString();
        boolean leads = text.startsWith("http://") || text.startsWith("https://") || text.startsWith("${scheme}");
        boolean dropsQuery = text.endsWith("?");
        var replacement = variables.compile(
                dropsQuery ? Template.parse(text.substring(0, text.length() - 1)) : rewrite.replacement());
        int redirectStatus =
                rewrite.then() == Then.REDIRECT_FOR_EVER ? 301 : leads || rewrite.then() == Then.REDIRECT ? 302 : 0;
        return (target, evaluation) -> {
            if (!evaluation.matches(pattern, target.path())) {
                return GO_ON;
            }
            return replace(target, evaluation, replacement, dropsQuery, redirectStatus, rewrite.then());
        };
    }

    private static Verdict replace(
            Target target,
            Evaluation evaluation,
            CompiledTemplate replacement,
            boolean dropsQuery,
            int redirectStatus,
            Then then) {
        var made = evaluation.raw(replacement);
        int mark = made.indexOf('?');
        var path = mark < 0 ? made : made.substring(0, mark);
        var query = mark < 0 ? "" : made.substring(mark + 1);
        if (!dropsQuery && !target.query().isEmpty()) {
            query = query.isEmpty() ? target.query() : query + "&" + target.query();
        }
        if (redirectStatus != 0) {
            var place = UriText.escapePath(path) + (query.isEmpty() ? "" : "?" + query);
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
                yield GO_ON;
            }
            case REDIRECT, REDIRECT_FOR_EVER -> throw new IllegalStateException("a redirection has a status");
        };
    }
}

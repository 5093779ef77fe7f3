package io.steelyard.http.route;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpVariable;
import io.steelyard.http.message.FieldName;
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
            case HttpAction.Rewrite rewrite -> Rewriting.step(rewrite, variables);
            case HttpAction.Stay stay -> (target, evaluation) -> new Verdict.Stay();
            case HttpAction.Vanish vanish -> (target, evaluation) -> new Verdict.Vanish();
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
            case HttpAction.GoTo go -> {
                var name = variables.compile(go.route());
                yield (target, evaluation) -> {
                    var route = evaluation.raw(name);
                    return target.hasRoute(route) ? new Verdict.Go(route) : GO_ON;
                };
            }
            case HttpAction.Fail fail -> {
                var verdict = new Verdict.Fail(fail);
                yield (target, evaluation) -> verdict;
            }
            case HttpAction.Respond respond -> {
                var verdict = new Verdict.Respond(
                        respond.status(),
                        new FieldChanges(respond.fields(), variables),
                        variables.compile(respond.body()));
                yield (target, evaluation) -> verdict;
            }
            case HttpAction.Track track -> {
                var key = variables.compile(track.tracking().key());
                yield (target, evaluation) -> {
                    target.track(track.tracking(), evaluation.raw(key));
                    return GO_ON;
                };
            }
            case HttpAction.Count count -> {
                var value = variables.compile(count.counting().value());
                yield (target, evaluation) -> {
                    target.count(count.counting(), evaluation.raw(value));
                    return GO_ON;
                };
            }
            case HttpAction.EditField edit -> FieldStep.of(edit, variables);
            case HttpAction.EditLine edit -> LineStep.of(edit, variables);
            case HttpAction.Remember remember -> {
                var value = remember.value().map(variables::compile).orElse(null);
                yield (target, evaluation) -> {
                    target.note(remember.name(), value == null ? null : evaluation.raw(value));
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
}

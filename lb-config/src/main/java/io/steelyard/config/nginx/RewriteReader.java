package io.steelyard.config.nginx;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code set}, {@code rewrite}, {@code return}, {@code break} and {@code if}. */
final class RewriteReader {
    private static final String CONDITION_FORM = "($variable), ($variable = text), !=, ~ expression, ~*, !~ or !~*";

    private static final String TRY_FILES =
            "'try_files' looks for no file: there is no 'root', or a page of ours answers here, and its last argument is taken";

    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;

    RewriteReader(Findings findings, BlockReader blocks, VariableScope variables) {
        this.findings = findings;
        this.blocks = blocks;
        this.variables = variables;
    }

    /** The rules of a block, in file order. */
    List<HttpRule> read(HttpScope scope) {
        var rules = new ArrayList<HttpRule>();
        for (var directive : scope.level().directives()) {
            if (directive.keyword().equals("if")) {
                readIf(directive, scope.context()).ifPresent(rules::add);
            } else {
                action(directive).map(HttpRule::always).ifPresent(rules::add);
            }
        }
        return rules;
    }

    /** What {@code try_files} does where there are no files: its last argument. Empty, and told, where that is a file too. */
    Optional<HttpRule> readTryFiles(Directive directive) {
        var last = directive.lastWord();
        if (last.text().matches("=[1-5]\\d\\d")) {
            findings.warning(directive.position(), TRY_FILES, "");
            int status = Integer.parseInt(last.text().substring(1));
            return Optional.of(HttpRule.always(new HttpAction.Reply(status, Optional.empty(), Optional.empty())));
        }
        if (last.text().startsWith("@")) {
            findings.warning(directive.position(), TRY_FILES, "");
            return Optional.of(HttpRule.always(new HttpAction.Go(last.text())));
        }
        findings.error(
                last.position(),
                "'try_files' cannot be honoured: there is no 'root', or a page of ours answers here",
                "@name or =status as its last argument",
                "add 'root FOLDER;'");
        return Optional.empty();
    }

    private Optional<HttpRule> readIf(Directive block, Context around) {
        var condition = condition(block);
        var inside =
                blocks.read(block.children(), around == Context.LOCATION ? Context.LOCATION_IF : Context.SERVER_IF);
        var actions = inside.directives().stream()
                .flatMap(directive -> action(directive).stream())
                .toList();
        return condition.map(known -> new HttpRule(Optional.of(known), actions));
    }

    private Optional<HttpAction> action(Directive directive) {
        return switch (directive.keyword()) {
            case "set" -> assignment(directive);
            case "rewrite" -> rewrite(directive);
            case "return" -> reply(directive);
            case "break" -> Optional.of(new HttpAction.Stay());
            default -> Optional.empty();
        };
    }

    private Optional<HttpAction> assignment(Directive set) {
        var name = variables.definedName(set.argument(0));
        var value = variables.template(set.argument(1));
        if (name.isEmpty() || value.isEmpty() || !variables.defineBySet(name.get(), set.argument(0))) {
            return Optional.empty();
        }
        return Optional.of(new HttpAction.Assign(new Assignment(name.get(), value.get())));
    }

    private Optional<HttpAction> reply(Directive directive) {
        var first = directive.argument(0);
        boolean hasText = directive.arguments().size() == 2;
        if (!first.text().matches("\\d+")) {
            if (hasText || !isAbsolute(first.text())) {
                findings.badArgument(
                        directive, first, "a status, a status and a text, or a URL with http:// or https://");
                return Optional.empty();
            }
            return variables
                    .template(first)
                    .map(place -> new HttpAction.Reply(302, Optional.of(place), Optional.empty()));
        }
        int status = first.text().length() > 3 ? 1_000 : Integer.parseInt(first.text());
        if (status < 100 || status > 599) {
            findings.badArgument(directive, first, "a status from 100 to 599");
            return Optional.empty();
        }
        if (!hasText) {
            return Optional.of(new HttpAction.Reply(status, Optional.empty(), Optional.empty()));
        }
        return variables
                .template(directive.argument(1))
                .map(text -> new HttpAction.Reply(status, Optional.of(text), Optional.empty()));
    }

    private Optional<HttpAction> rewrite(Directive directive) {
        var pattern = Patterns.check(
                findings, directive.argument(0), directive.argument(0).text());
        var replacement = variables.template(directive.argument(1));
        pattern.ifPresent(known -> variables.defineGroups(known.names().stream()));
        var then = directive.arguments().size() == 3 ? then(directive) : Optional.of(HttpAction.Then.GO_ON);
        if (pattern.isEmpty() || replacement.isEmpty() || then.isEmpty()) {
            return Optional.empty();
        }
        var next = then.get();
        if (isAbsolute(directive.argument(1).text()) && next != HttpAction.Then.REDIRECT_FOR_EVER) {
            next = HttpAction.Then.REDIRECT;
        }
        return Optional.of(new HttpAction.Rewrite(directive.argument(0).text(), false, replacement.get(), next));
    }

    private Optional<HttpAction.Then> then(Directive directive) {
        return switch (directive.argument(2).text()) {
            case "last" -> Optional.of(HttpAction.Then.SEARCH);
            case "break" -> Optional.of(HttpAction.Then.STAY);
            case "redirect" -> Optional.of(HttpAction.Then.REDIRECT);
            case "permanent" -> Optional.of(HttpAction.Then.REDIRECT_FOR_EVER);
            default -> {
                findings.badArgument(directive, directive.argument(2), "last, break, redirect or permanent");
                yield Optional.empty();
            }
        };
    }

    private static boolean isAbsolute(String text) {
        return text.startsWith("http://") || text.startsWith("https://") || text.startsWith("$scheme");
    }

    /** The words between the parentheses; empty, and told, where there are none. */
    private Optional<List<Word>> words(Directive block) {
        var words = new ArrayList<>(block.arguments());
        var first = words.getFirst();
        if (!first.text().startsWith("(") || !words.getLast().text().endsWith(")")) {
            findings.error(first.position(), "the condition stands in no parentheses", CONDITION_FORM, "");
            return Optional.empty();
        }
        words.set(0, part(first, 1, first.text().length()));
        var last = words.getLast();
        words.set(words.size() - 1, part(last, 0, last.text().length() - 1));
        if (words.getFirst().text().isEmpty() && !words.getFirst().isQuoted()) {
            words.removeFirst();
        }
        if (!words.isEmpty() && words.getLast().text().isEmpty()) {
            words.removeLast();
        }
        return Optional.of(words);
    }

    private static Word part(Word word, int from, int to) {
        return new Word(word.text().substring(Math.min(from, to), to), word.isQuoted(), word.position(), word.end());
    }

    private Optional<Condition> condition(Directive block) {
        var found = words(block);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var words = found.get();
        if (!words.isEmpty() && words.getFirst().text().matches("!?-[fdex]")) {
            findings.error(
                    words.getFirst().position(),
                    "'if' with a file test cannot be honoured: no files are served",
                    CONDITION_FORM,
                    "");
            return Optional.empty();
        }
        if ((words.size() != 1 && words.size() != 3) || !words.getFirst().text().startsWith("$")) {
            findings.error(block.position(), "the condition of 'if' cannot be read", CONDITION_FORM, "");
            return Optional.empty();
        }
        var text = variables.template(words.getFirst()).filter(template -> {
            boolean isOne = template.parts().size() == 1;
            if (!isOne) {
                findings.error(
                        words.getFirst().position(),
                        "'" + words.getFirst() + "' is not one variable",
                        CONDITION_FORM,
                        "set a variable to the text first");
            }
            return isOne;
        });
        return text.flatMap(variable -> words.size() == 1
                ? Optional.of(new Condition.IsTrue(variable))
                : comparison(variable, words.get(1), words.get(2)));
    }

    private Optional<Condition> comparison(Template variable, Word operator, Word operand) {
        boolean isNegated = operator.text().startsWith("!");
        var plain = isNegated ? operator.text().substring(1) : operator.text();
        Optional<Condition> condition = switch (plain) {
            case "=" ->
                variables
                        .template(operand)
                        .map(other ->
                                new Condition.Compares(variable, Condition.Relation.EQUALS, List.of(other), false));
            case "~", "~*" ->
                Patterns.check(findings, operand, operand.text()).map(pattern -> {
                    variables.defineGroups(pattern.names().stream());
                    return new Condition.Matches(variable, operand.text(), plain.equals("~*"));
                });
            default -> {
                findings.error(operator.position(), "unexpected '" + operator + "' in a condition", CONDITION_FORM, "");
                yield Optional.empty();
            }
        };
        return condition.map(known -> isNegated ? new Condition.Not(known) : known);
    }
}

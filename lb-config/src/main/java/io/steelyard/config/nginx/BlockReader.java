package io.steelyard.config.nginx;

import io.steelyard.api.Problem;
import io.steelyard.config.nginx.DirectiveSpec.Treatment;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks the directives of a block against {@link DirectiveTable}: names, places, numbers and forms of arguments, doubles. */
final class BlockReader {
    private final DirectiveTable table = DirectiveTable.nginx();
    private final Findings findings;

    BlockReader(Findings findings) {
        this.findings = findings;
    }

    /** The directives that are to be honoured; all that is wrong with the others is told. */
    Level read(List<Directive> block, Context context) {
        var good = new ArrayList<Directive>();
        var seen = new HashMap<String, Directive>();
        for (var written : block) {
            if (findings.isFull()) {
                findings.error(written.position(), "too many errors: the rest of the file is not looked at");
                break;
            }
            for (var directive : splitAtMissingSemicolons(written, context)) {
                var spec = specOf(directive, context);
                if (spec.isEmpty() || !hasRightForm(directive, spec.get())) {
                    continue;
                }
                var first = seen.putIfAbsent(directive.keyword(), directive);
                if (first != null && !spec.get().repeats()) {
                    findings.error(
                            directive.position(),
                            "'" + directive.keyword() + "' is duplicate: it stands at " + first.position() + " too",
                            "",
                            "remove one of them");
                    continue;
                }
                switch (spec.get().treatment()) {
                    case HONOURED -> good.add(directive);
                    case ACCEPTED ->
                        findings.accepted(
                                directive.position(),
                                directive.keyword(),
                                spec.get().note());
                    case WARNED ->
                        findings.warning(
                                directive.position(),
                                "'" + directive.keyword() + "' is not honoured: "
                                        + spec.get().note(),
                                "");
                    case REFUSED ->
                        findings.unsupported(
                                directive,
                                "'" + directive.keyword() + "' cannot be honoured: "
                                        + spec.get().note(),
                                "");
                }
            }
        }
        return new Level(good);
    }

    private Optional<DirectiveSpec> specOf(Directive directive, Context context) {
        var name = directive.keyword();
        var here = table.find(name, context);
        if (here.isPresent()) {
            return here;
        }
        var elsewhere = table.named(name);
        if (!elsewhere.isEmpty()) {
            var places = elsewhere.stream()
                    .flatMap(spec -> spec.contexts().stream())
                    .distinct()
                    .sorted()
                    .map(Context::place)
                    .collect(Collectors.joining(", "));
            findings.error(
                    directive.position(),
                    "'" + name + "' is not allowed here, " + context.place(),
                    "it " + places,
                    fragmentHint(elsewhere, context));
        } else if (ModuleFamilies.reason(name).isPresent()) {
            findings.unsupported(
                    directive,
                    "'" + name + "' cannot be honoured: "
                            + ModuleFamilies.reason(name).get(),
                    "");
        } else {
            findings.unsupported(directive, "unknown directive '" + name + "'", suggestion(name, context));
        }
        return Optional.empty();
    }

    /** What may be meant by a block that stands alone. */
    private static String fragmentHint(List<DirectiveSpec> elsewhere, Context context) {
        boolean isOfHttp = elsewhere.stream().anyMatch(spec -> spec.contexts().contains(Context.HTTP));
        return context == Context.MAIN && isOfHttp
                ? "if the file is a part of an http block, say so with --as http"
                : "";
    }

    private boolean hasRightForm(Directive directive, DirectiveSpec spec) {
        int count = directive.arguments().size();
        if (spec.isBlock() != directive.block().isPresent()) {
            findings.error(
                    spec.isBlock() ? directive.lastWord().end() : directive.position(),
                    "'" + directive.keyword() + "' has " + (spec.isBlock() ? "no block" : "a block"),
                    spec.isBlock() ? "'{'" : "';' after its arguments",
                    "");
            return false;
        }
        if (count < spec.least() || count > spec.most()) {
            findings.error(
                    count > spec.most() ? directive.argument(spec.most()).position() : directive.position(),
                    "'" + directive.keyword() + "' has "
                            + (count == 0 ? "no argument" : count + (count == 1 ? " argument" : " arguments")),
                    spec.arity(),
                    "");
            return false;
        }
        try {
            if (count == 1) {
                spec.value().check(directive.argument(0));
            }
            return true;
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, directive.argument(0), wrong);
            return spec.treatment() == Treatment.REFUSED;
        }
    }

    /**
     * A word that begins a line and is the name of a directive allowed here shows that the line before lacks its {@code ;}, unless it is a
     * word the directive knows, or the directive needs it to be complete.
     */
    private List<Directive> splitAtMissingSemicolons(Directive directive, Context context) {
        var spec = table.find(directive.keyword(), context);
        var words = directive.arguments();
        for (int i = spec.map(DirectiveSpec::least).orElse(0); i < words.size(); i++) {
            var word = words.get(i);
            var previous = i == 0 ? directive.name() : words.get(i - 1);
            if (word.isQuoted()
                    || word.position().line() == previous.end().line()
                    || table.find(word.text(), context).isEmpty()
                    || spec.filter(known -> known.words().contains(word.text())
                                    || known.name().equals("log_format"))
                            .isPresent()) {
                continue;
            }
            findings.add(Problem.error("", "missing ';' after '" + previous + "'")
                    .expected("';' before '" + word + "' on the next line")
                    .at(previous.end()));
            var split = new ArrayList<Directive>();
            split.add(new Directive(directive.name(), words.subList(0, i), Optional.empty()));
            split.addAll(splitAtMissingSemicolons(
                    new Directive(word, words.subList(i + 1, words.size()), directive.block()), context));
            return split;
        }
        return List.of(directive);
    }

    private String suggestion(String name, Context context) {
        var near = table.names(context).stream()
                .filter(known -> distance(known, name) <= Math.max(1, name.length() / 4))
                .min(Comparator.comparingInt(known -> distance(known, name)));
        return near.map(known -> "did you mean '" + known + "'?").orElse("correct or remove it");
    }

    /** How many letters must be changed, added or removed to make one word of the other (Levenshtein); 99 for words of no likeness. */
    private static int distance(String one, String other) {
        if (Math.abs(one.length() - other.length()) > 8 || other.length() > 64) {
            return 99;
        }
        var row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }

    /** Splits {@code name=value}; empty where the word does not begin so. */
    static Optional<String> parameter(Word word, String name) {
        return word.text().startsWith(name + "=")
                ? Optional.of(word.text().substring(name.length() + 1))
                : Optional.empty();
    }
}

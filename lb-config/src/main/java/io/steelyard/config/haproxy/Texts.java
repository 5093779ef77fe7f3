package io.steelyard.config.haproxy;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.haproxy.expression.BinaryLanguage;
import io.steelyard.config.haproxy.expression.ChoiceLanguage;
import io.steelyard.config.haproxy.expression.ConditionLanguage;
import io.steelyard.config.haproxy.expression.Fetches;
import io.steelyard.config.haproxy.expression.FormatLanguage;
import io.steelyard.config.haproxy.expression.ForwardedLanguage;
import io.steelyard.config.haproxy.expression.LogFormat;
import io.steelyard.config.haproxy.expression.LogLanguage;
import io.steelyard.config.haproxy.expression.Quoting;
import io.steelyard.config.haproxy.expression.RedirectLanguage;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The variables that conditions and texts of haproxy.cfg become; what is written twice becomes one. One thread. */
final class Texts {
    private final Map<String, String> nameByText = new LinkedHashMap<>();
    private final List<VariableDefinition> variables = new ArrayList<>();
    private final Map<String, List<String>> users;

    /** A fetch about the client without arguments; which of these look into tables is told by their names. */
    private static final Pattern OWN_TABLE =
            Pattern.compile("(?<![\\w.(-])(src_(?!port|is_local)[a-z0-9_]+)(?:\\(\\))?(?![\\w(])");

    private static final Pattern TABLE =
            Pattern.compile("(?:\\bsrc_[a-z0-9_]+|\\btable_[a-z0-9_]+|\\bin_table)\\((?:-?[0-9]+,)?([^,()]+)\\)");

    private final Map<String, Proxy> tables = new LinkedHashMap<>();

    /** @param users lines {@code user LIST NAME PASSWORD GROUP…} of each list */
    Texts(Map<String, List<String>> users) {
        this.users = users;
    }

    List<VariableDefinition> variables() {
        return variables;
    }

    /** A text with {@code %[…]} and fields. */
    Template format(Proxy proxy, String text) {
        var parts = LogFormat.parse(text).parts();
        if (parts.isEmpty()) {
            return Template.literal("");
        }
        return parts.size() == 1 && parts.getFirst() instanceof LogFormat.Part.Text fixed
                ? Template.literal(fixed.text())
                : variable(proxy, "text", new FormatLanguage(), text);
    }

    /** A line of a log. */
    Template log(Proxy proxy, String text) {
        return variable(proxy, "log", new LogLanguage(), text);
    }

    /** Where a redirection leads. */
    Template redirection(Proxy proxy, List<String> words) {
        return variable(proxy, "place", new RedirectLanguage(), Quoting.join(words));
    }

    /** What {@code option forwarded} says. */
    Template forwarded(Proxy proxy, List<String> words) {
        return variable(proxy, "forwarded", new ForwardedLanguage(), Quoting.join(words));
    }

    /** What a hash is made of. */
    Template key(Proxy proxy, String text) {
        return variable(proxy, "key", new BinaryLanguage(), text);
    }

    /**
     * A condition that was found well-formed; absent for one that always holds.
     *
     * @param words {@code if} or {@code unless} and what follows; none for always
     */
    Optional<Condition> condition(Proxy proxy, List<Word> words) {
        return condition(proxy, words.stream().map(Word::text).toList(), true);
    }

    Optional<Condition> condition(Proxy proxy, List<String> words, boolean mayNameAcls) {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        var lines = mayNameAcls ? aclLines(proxy, words) : new ArrayList<String>();
        var all = new ArrayList<>(words);
        all.addAll(lines);
        users.forEach((list, ofList) -> {
            if (all.stream().anyMatch(word -> word.contains("http_auth") && word.contains("(" + list + ")"))) {
                lines.addAll(0, ofList);
            }
        });
        lines.add(Quoting.join(words));
        var text = variable(proxy, "if", new ConditionLanguage(), String.join("\n", lines));
        return Optional.of(new Condition.IsTrue(text));
    }

    /** What chooses a backend. */
    Template choice(Proxy proxy, List<String> lines) {
        return variable(
                proxy, "choice", new ChoiceLanguage(), lines.stream().distinct().collect(Collectors.joining("\n")));
    }

    /** The lines {@code acl …} that a condition needs. */
    List<String> aclLines(Proxy proxy, List<String> condition) {
        var named = new HashSet<String>();
        condition.forEach(word -> named.add(word.replaceFirst("^!+", "")));
        var lines = new ArrayList<String>();
        for (var acl : proxy.all("acl")) {
            if (named.contains(acl.argument(0).text())) {
                lines.add("acl " + Quoting.join(acl.texts()));
            }
        }
        return lines;
    }

    /** The tables that are named anywhere, each with a proxy that does. */
    Map<String, Proxy> tables() {
        return tables;
    }

    /** A rule names a table. */
    void usesTable(Proxy proxy, String table) {
        tables.putIfAbsent(table, proxy);
    }

    /** Fetches about the client that name no table mean that of their own proxy. */
    private String withTables(Proxy proxy, String text) {
        var named = OWN_TABLE
                .matcher(text)
                .replaceAll(match -> Fetches.named(match.group(1)).isPresent()
                        ? Matcher.quoteReplacement(match.group(1) + "(" + proxy.name() + ")")
                        : Matcher.quoteReplacement(match.group()));
        TABLE.matcher(named).results().forEach(use -> usesTable(proxy, use.group(1)));
        return named;
    }

    private Template variable(Proxy proxy, String kind, ExpressionLanguage language, String written) {
        var text = withTables(proxy, written);
        language.compile(text);
        var name = nameByText.computeIfAbsent(language.name() + "\n" + text, ignored -> {
            var base = proxy.name().text().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
            var made = "hap_" + base + "_" + kind + "_" + (variables.size() + 1);
            variables.add(new VariableDefinition.Computed(made, language.name(), text));
            return made;
        });
        return Template.parse("${" + name + "}");
    }
}

package io.steelyard.config.nginx;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code expires} as changes of the fields {@code Expires} and {@code Cache-Control}; what is written twice becomes one. */
final class ExpiresReader {
    private static final List<String> FIELDS = List.of("Expires", "Cache-Control");

    private final Findings findings;
    private final VariableScope variables;
    private final List<VariableDefinition> definitions;
    private final Map<String, Template> byText = new LinkedHashMap<>();

    /** @param definitions those of the file; those that fields are made of are added */
    ExpiresReader(Findings findings, VariableScope variables, List<VariableDefinition> definitions) {
        this.findings = findings;
        this.variables = variables;
        this.definitions = definitions;
    }

    /** The changes, to be made before others; none where it is off, or wrong, which is told. */
    List<FieldChange> read(HttpScope scope) {
        var changes = new ArrayList<FieldChange>();
        scope.nearest("expires").ifPresent(directive -> {
            for (var field : FIELDS) {
                value(directive, field)
                        .ifPresent(value -> changes.add(new FieldChange(FieldChange.Kind.SET, field, value, false)));
            }
        });
        return changes;
    }

    private Optional<Template> value(Directive directive, String field) {
        var word = directive.lastWord();
        boolean isModified = directive.arguments().size() == 2;
        if (isModified && !directive.argument(0).text().equals("modified")) {
            tellOnce(
                    field,
                    () -> findings.badArgument(directive, directive.argument(0), "modified, and a time behind it"));
            return Optional.empty();
        }
        if (word.text().equals("off") && !isModified) {
            return Optional.empty();
        }
        var start = field + (isModified ? " modified " : " ");
        if (word.text().contains("$")) {
            return ofMap(directive, start, field);
        }
        try {
            return Optional.of(computed(start + word.text()));
        } catch (IllegalArgumentException wrong) {
            tellOnce(field, () -> findings.badArgument(directive, word, wrong));
            return Optional.empty();
        }
    }

    private static void tellOnce(String field, Runnable tell) {
        if (field.equals(FIELDS.getFirst())) {
            tell.run();
        }
    }

    private Template computed(String text) {
        var known = byText.get(text);
        if (known != null) {
            return known;
        }
        new ExpiresLanguage().compile(text);
        var name = MadeName.of("ngx_expires_", text);
        definitions.add(new VariableDefinition.Computed(name, ExpiresLanguage.NAME, text));
        var made = Template.parse("${" + name + "}");
        byText.put(text, made);
        return made;
    }

    /** A variable of a map: each of its values that is a time becomes one of a map of ours. */
    private Optional<Template> ofMap(Directive directive, String start, String field) {
        var word = directive.lastWord();
        var key = start + word.text();
        var known = byText.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        var source = variables.template(word);
        var map = source.flatMap(this::map);
        if (map.isEmpty()) {
            tellOnce(
                    field,
                    () -> findings.badArgument(
                            directive,
                            word,
                            "a variable of a map whose values are fixed texts, or " + ExpiresLanguage.FORM));
            return Optional.empty();
        }
        var texts = new ArrayList<Template>();
        map.get().rules().forEach(rule -> texts.add(rule.value()));
        texts.add(map.get().defaultValue());
        var rules = new ArrayList<VariableDefinition.Rule>();
        for (var text : texts.stream().map(Template::toString).distinct().toList()) {
            try {
                rules.add(new VariableDefinition.Rule(
                        VariableDefinition.Kind.REGEX, "^" + text.replace("+", "\\+") + "$", computed(start + text)));
            } catch (IllegalArgumentException wrong) {
                tellOnce(field, () -> tellNoTime(word, text));
            }
        }
        var leftAlone = computed(field + " off");
        var name = MadeName.of("ngx_expires_", key + " " + source.get() + " " + rules);
        definitions.add(new VariableDefinition.TextMap(name, source.get(), leftAlone, rules, true));
        var made = Template.parse("${" + name + "}");
        byText.put(key, made);
        return Optional.of(made);
    }

    private void tellNoTime(Word word, String text) {
        if (!text.isEmpty()) {
            findings.warning(
                    word.position(),
                    "'" + word + "' may be '" + text + "', which is no time: the answer's fields are left alone then",
                    "give the map values such as 30d, epoch, max or off");
        }
    }

    private Optional<VariableDefinition.TextMap> map(Template source) {
        return definitions.stream()
                .filter(VariableDefinition.TextMap.class::isInstance)
                .map(VariableDefinition.TextMap.class::cast)
                .filter(map -> source.equals(Template.parse("${" + map.name() + "}")))
                .filter(map -> map.defaultValue().isLiteral()
                        && map.rules().stream().allMatch(rule -> rule.value().isLiteral()))
                .findFirst();
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition.Kind;
import io.steelyard.api.text.VariableDefinition.Rule;
import io.steelyard.api.text.VariableDefinition.TextMap;
import java.util.List;

/** {@link TextMap}, without the name, which stands above it. */
final class TextMapSection extends Section<TextMap> {
    private static final Template NOTHING = Template.literal("");

    private final Key<TextMap, Template> source =
            required("source", TemplateForm.template(), TextMap::source, "The text looked up.");
    private final Key<TextMap, Template> defaultValue = optional(
            "default", TemplateForm.template(), TextMap::defaultValue, NOTHING, "The value where no rule matches.");
    private final Key<TextMap, Boolean> isVolatile = optional(
            "volatile",
            Forms.flag(),
            TextMap::isVolatile,
            false,
            "Whether it is worked out anew at each use rather than once for a connection.");
    private final Key<TextMap, List<Rule>> rules = optional(
            "rules",
            Forms.list(new RuleSection()),
            TextMap::rules,
            List.of(),
            "The exact key wins, else the longest `*.suffix`, else the longest `prefix.*`, else the first regular expression that "
                    + "matches.");

    TextMapSection() {
        super("map");
    }

    @Override
    TextMap make(Values values) {
        return new TextMap(
                values.name(),
                values.get(source),
                values.or(defaultValue, NOTHING),
                values.or(rules, List.of()),
                values.or(isVolatile, false));
    }

    /** {@link Rule}. */
    static final class RuleSection extends Section<Rule> {
        private final Key<Rule, String> key =
                required("key", Forms.text(), Rule::key, "What the source is compared with.");
        private final Key<Rule, Template> value = required(
                "value",
                TemplateForm.template(),
                Rule::value,
                "The value then; may name the groups of a regular expression, as `$1` to `$9` or by name.");
        private final Key<Rule, Kind> kind = optional(
                "kind",
                Forms.word(Kind.class),
                Rule::kind,
                Kind.EXACT,
                "How the key is read: the whole text, a host name with wildcards, or a regular expression that need not match the whole.");

        RuleSection() {
            super("map rule");
        }

        @Override
        Rule make(Values values) {
            return new Rule(values.or(kind, Kind.EXACT), values.get(key), values.get(value));
        }
    }
}

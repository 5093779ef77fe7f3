package io.steelyard.config.yaml;

import io.steelyard.api.http.Condition;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link Condition}; it holds sections like itself. */
final class ConditionSection extends Section<Condition> {
    private final Key<Condition, Template> isTrue = absent(
            "isTrue",
            TemplateForm.template(),
            condition -> as(condition, Condition.IsTrue.class).map(Condition.IsTrue::text),
            "",
            "The text is neither empty nor `0`.");
    private final Key<Condition, Condition.Compares> compares = absent(
            "compares",
            new ComparisonSection(),
            condition -> as(condition, Condition.Compares.class),
            "",
            "A text stands in some relation to one of others.");
    private final Key<Condition, Condition.Matches> matches = absent(
            "matches",
            new MatchSection(),
            condition -> as(condition, Condition.Matches.class),
            "",
            "A regular expression matches somewhere in a text.");
    private final Key<Condition, Condition.InNetworks> inNetworks = absent(
            "inNetworks",
            new NetworksSection(),
            condition -> as(condition, Condition.InNetworks.class),
            "",
            "An address, such as the client's, is in one of some networks.");
    private final Key<Condition, Condition.PrefersLanguage> prefersLanguage = absent(
            "prefersLanguage",
            new LanguageSection(),
            condition -> as(condition, Condition.PrefersLanguage.class),
            "",
            "The client likes a language best, of those that can be served.");
    private final Key<Condition, Condition> not = absent(
            "not",
            this,
            condition -> as(condition, Condition.Not.class).map(Condition.Not::condition),
            "",
            "Another condition is not so.");
    private final Key<Condition, List<Condition>> allOf = absent(
            "allOf",
            Forms.list(this),
            condition -> as(condition, Condition.AllOf.class).map(Condition.AllOf::conditions),
            "",
            "Each of several is so.");
    private final Key<Condition, List<Condition>> anyOf = absent(
            "anyOf",
            Forms.list(this),
            condition -> as(condition, Condition.AnyOf.class).map(Condition.AnyOf::conditions),
            "",
            "One of several is so.");

    ConditionSection() {
        super("condition");
    }

    private static <C extends Condition> Optional<C> as(Condition condition, Class<C> type) {
        return Optional.of(condition).filter(type::isInstance).map(type::cast);
    }

    @Override
    Condition make(Values values) {
        var given = Stream.<Optional<? extends Condition>>of(
                        values.find(isTrue).map(Condition.IsTrue::new),
                        values.find(compares),
                        values.find(matches),
                        values.find(inNetworks),
                        values.find(prefersLanguage),
                        values.find(not).map(Condition.Not::new),
                        values.find(allOf).map(Condition.AllOf::new),
                        values.find(anyOf).map(Condition.AnyOf::new))
                .<Condition>flatMap(Optional::stream)
                .toList();
        if (given.size() != 1) {
            throw new IllegalArgumentException("a condition has " + (given.isEmpty() ? "no key" : "several keys")
                    + "; expected one of isTrue, compares, matches, inNetworks, prefersLanguage, not, allOf, anyOf");
        }
        return given.getFirst();
    }

    /** {@link Condition.Compares}. */
    static final class ComparisonSection extends Section<Condition.Compares> {
        private final Key<Condition.Compares, Template> text =
                required("text", TemplateForm.template(), Condition.Compares::text, "What is compared.");
        private final Key<Condition.Compares, Condition.Relation> relation = optional(
                "relation",
                Forms.word(Condition.Relation.class),
                Condition.Compares::relation,
                Condition.Relation.EQUALS,
                "What it must do with one of the others.");
        private final Key<Condition.Compares, List<Template>> others = required(
                "others", Forms.list(TemplateForm.template()), Condition.Compares::others, "What it is compared with.");
        private final Key<Condition.Compares, Boolean> ignoresCase = optional(
                "ignoresCase",
                Forms.flag(),
                Condition.Compares::ignoresCase,
                false,
                "Whether letters' case does not matter.");

        ComparisonSection() {
            super("comparison");
        }

        @Override
        Condition.Compares make(Values values) {
            return new Condition.Compares(
                    values.get(text),
                    values.or(relation, Condition.Relation.EQUALS),
                    values.get(others),
                    values.or(ignoresCase, false));
        }
    }

    /** {@link Condition.InNetworks}. */
    static final class NetworksSection extends Section<Condition.InNetworks> {
        private static final Template CLIENT = Template.parse("$remote_addr");

        private final Key<Condition.InNetworks, Template> address = optional(
                "address",
                TemplateForm.template(),
                Condition.InNetworks::address,
                CLIENT,
                "The address. A client on a UNIX socket counts as `::`.");
        private final Key<Condition.InNetworks, List<Network>> networks = required(
                "networks",
                Forms.list(Forms.parsed("network", Network::parse, Network::text)),
                Condition.InNetworks::networks,
                "Networks or single addresses.");

        NetworksSection() {
            super("networks");
        }

        @Override
        Condition.InNetworks make(Values values) {
            return new Condition.InNetworks(values.or(address, CLIENT), values.get(networks));
        }
    }

    /** {@link Condition.PrefersLanguage}. */
    static final class LanguageSection extends Section<Condition.PrefersLanguage> {
        private final Key<Condition.PrefersLanguage, String> language = required(
                "language", Forms.text(), Condition.PrefersLanguage::language, "A language tag, one of those offered.");
        private final Key<Condition.PrefersLanguage, List<String>> offered = required(
                "offered",
                Forms.list(Forms.text()),
                Condition.PrefersLanguage::offered,
                "The languages that can be served; the first is served where `Accept-Language` says nothing.");

        LanguageSection() {
            super("language");
        }

        @Override
        Condition.PrefersLanguage make(Values values) {
            return new Condition.PrefersLanguage(values.get(language), values.get(offered));
        }
    }

    /** {@link Condition.Matches}. */
    static final class MatchSection extends Section<Condition.Matches> {
        private final Key<Condition.Matches, Template> text =
                required("text", TemplateForm.template(), Condition.Matches::text, "What is searched.");
        private final Key<Condition.Matches, String> expression = required(
                "expression",
                Forms.text(),
                Condition.Matches::expression,
                "The regular expression; its groups are variables then.");
        private final Key<Condition.Matches, Boolean> ignoresCase = optional(
                "ignoresCase",
                Forms.flag(),
                Condition.Matches::ignoresCase,
                false,
                "Whether letters' case does not matter.");

        MatchSection() {
            super("match");
        }

        @Override
        Condition.Matches make(Values values) {
            return new Condition.Matches(values.get(text), values.get(expression), values.or(ignoresCase, false));
        }
    }
}

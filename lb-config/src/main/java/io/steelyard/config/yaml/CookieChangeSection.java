package io.steelyard.config.yaml;

import io.steelyard.api.http.CookieChange;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@link CookieChange}: a rewrite of an attribute, or flags. */
final class CookieChangeSection extends Section<CookieChange> {
    private final Key<CookieChange, CookieChange.Rewrite> attribute = absent(
            "rewrite",
            new AttributeSection(),
            change -> as(change, CookieChange.Rewrite.class),
            "",
            "Changes the domain or the path.");
    private final Key<CookieChange, CookieChange.Flags> flags = absent(
            "flags", new FlagsSection(), change -> as(change, CookieChange.Flags.class), "", "Sets and clears flags.");

    CookieChangeSection() {
        super("cookie change");
    }

    private static <C extends CookieChange> Optional<C> as(CookieChange change, Class<C> type) {
        return Optional.of(change).filter(type::isInstance).map(type::cast);
    }

    @Override
    CookieChange make(Values values) {
        if (values.find(attribute).isPresent() == values.find(flags).isPresent()) {
            throw new IllegalArgumentException("a cookie change has both keys or none; expected rewrite or flags");
        }
        return values.find(attribute).map(CookieChange.class::cast).orElseGet(() -> values.get(flags));
    }

    /** {@link CookieChange.Rewrite}. */
    static final class AttributeSection extends Section<CookieChange.Rewrite> {
        private final Key<CookieChange.Rewrite, CookieChange.Attribute> attribute = required(
                "attribute",
                Forms.word(CookieChange.Attribute.class),
                CookieChange.Rewrite::attribute,
                "Which attribute is changed.");
        private final Key<CookieChange.Rewrite, Template> from = required(
                "from",
                TemplateForm.template(),
                CookieChange.Rewrite::from,
                "What the path begins with, what the domain is, or a regular expression.");
        private final Key<CookieChange.Rewrite, Template> to = required(
                "to", TemplateForm.template(), CookieChange.Rewrite::to, "What takes the place of what matched.");
        private final Key<CookieChange.Rewrite, Boolean> isExpression = optional(
                "expression",
                Forms.flag(),
                CookieChange.Rewrite::isExpression,
                false,
                "Whether `from` is a regular expression.");
        private final Key<CookieChange.Rewrite, Boolean> ignoresCase = optional(
                "ignoresCase",
                Forms.flag(),
                CookieChange.Rewrite::ignoresCase,
                false,
                "Whether letters' case does not matter.");

        AttributeSection() {
            super("cookie rewrite");
        }

        @Override
        CookieChange.Rewrite make(Values values) {
            return new CookieChange.Rewrite(
                    values.get(attribute),
                    values.or(isExpression, false),
                    values.or(ignoresCase, false),
                    values.get(from),
                    values.get(to));
        }
    }

    /** {@link CookieChange.Flags}. */
    static final class FlagsSection extends Section<CookieChange.Flags> {
        private final Key<CookieChange.Flags, Template> cookie = required(
                "cookie",
                TemplateForm.template(),
                CookieChange.Flags::name,
                "The cookie's name, or a regular expression.");
        private final Key<CookieChange.Flags, List<CookieChange.Flag>> set = optional(
                "set",
                Forms.list(Forms.word(CookieChange.Flag.class)),
                change -> change.set().stream().sorted().toList(),
                List.of(),
                "Flags it gets.");
        private final Key<CookieChange.Flags, List<CookieChange.Flag>> cleared = optional(
                "cleared",
                Forms.list(Forms.word(CookieChange.Flag.class)),
                change -> change.cleared().stream().sorted().toList(),
                List.of(),
                "Flags it loses.");
        private final Key<CookieChange.Flags, Boolean> isExpression = optional(
                "expression",
                Forms.flag(),
                CookieChange.Flags::isExpression,
                false,
                "Whether `cookie` is a regular expression.");
        private final Key<CookieChange.Flags, Boolean> ignoresCase = optional(
                "ignoresCase",
                Forms.flag(),
                CookieChange.Flags::ignoresCase,
                false,
                "Whether the expression's letters match whatever their case.");

        FlagsSection() {
            super("cookie flags");
        }

        @Override
        CookieChange.Flags make(Values values) {
            return new CookieChange.Flags(
                    values.or(isExpression, false),
                    values.or(ignoresCase, false),
                    values.get(cookie),
                    Set.copyOf(values.or(set, List.of())),
                    Set.copyOf(values.or(cleared, List.of())));
        }
    }
}

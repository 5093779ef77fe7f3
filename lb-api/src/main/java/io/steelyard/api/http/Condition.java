package io.steelyard.api.http;

import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Objects;

/** Something that is so or not of a request. */
public sealed interface Condition {
    /** The text is neither empty nor {@code 0}. */
    record IsTrue(Template text) implements Condition {
        public IsTrue {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * The text stands in this relation to one of the others.
     *
     * @param others at least one
     */
    record Compares(Template text, Relation relation, List<Template> others, boolean ignoresCase) implements Condition {
        public Compares {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(relation, "relation");
            others = List.copyOf(others);
            if (others.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to compare with; give at least one text");
            }
        }
    }

    /** How a text is compared. */
    enum Relation {
        EQUALS,
        STARTS_WITH,
        ENDS_WITH,
        CONTAINS
    }

    /** The regular expression matches somewhere in the text; its groups are variables then. */
    record Matches(Template text, String expression, boolean ignoresCase) implements Condition {
        public Matches {
            Objects.requireNonNull(text, "text");
            NamedPattern.compile(expression, ignoresCase);
        }
    }

    record Not(Condition condition) implements Condition {
        public Not {
            Objects.requireNonNull(condition, "condition");
        }
    }

    record AllOf(List<Condition> conditions) implements Condition {
        public AllOf {
            conditions = List.copyOf(conditions);
        }
    }

    record AnyOf(List<Condition> conditions) implements Condition {
        public AnyOf {
            conditions = List.copyOf(conditions);
        }
    }
}

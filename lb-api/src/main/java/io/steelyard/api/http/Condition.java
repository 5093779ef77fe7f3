package io.steelyard.api.http;

import io.steelyard.api.proxy.Network;
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

    /**
     * The text is an address within one of the networks, such as the client's. A client on a UNIX socket, whose address is {@code unix:}, counts as
     * {@code ::}; any other text is in no network.
     *
     * @param networks at least one
     */
    record InNetworks(Template address, List<Network> networks) implements Condition {
        public InNetworks {
            Objects.requireNonNull(address, "address");
            networks = List.copyOf(networks);
            if (networks.isEmpty()) {
                throw new IllegalArgumentException("there is no network to be in; give at least one");
            }
        }
    }

    /**
     * Of the languages that can be served, the client likes this one best, by the weights of its {@code Accept-Language} (RFC 9110 section 12.5.4).
     * A range stands for the languages it begins like, and for those that begin it ({@code de-CH} for {@code de}); the longest range that is about a
     * language gives its weight. Of languages liked alike the one offered first counts, and so it does where the field says nothing. Where the
     * client takes none of them the condition does not hold.
     *
     * @param language a language tag (RFC 5646), such as {@code de} or {@code pt-BR}; one of those offered
     * @param offered all that can be served, the usual one first
     */
    record PrefersLanguage(String language, List<String> offered) implements Condition {
        public PrefersLanguage {
            offered = List.copyOf(offered);
            for (var tag : offered) {
                if (!tag.matches("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")) {
                    throw new IllegalArgumentException(
                            "'" + tag + "' is no language tag; expected one such as 'de' or 'pt-BR'");
                }
            }
            if (!offered.contains(language)) {
                throw new IllegalArgumentException(
                        "'" + language + "' is none of the languages offered: " + String.join(", ", offered));
            }
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

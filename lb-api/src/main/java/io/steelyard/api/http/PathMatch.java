package io.steelyard.api.http;

import io.steelyard.api.text.NamedPattern;
import java.util.Objects;

/**
 * Which requests a route is for, by their normalised path: percent-decoded, dot segments resolved, slashes merged. Of the routes side by
 * side the order is nginx's: an exact match ends the search; the longest prefix is remembered, and is taken at once where it is
 * {@code isFinal}; else the first expression that matches; else the remembered prefix.
 */
public sealed interface PathMatch {
    /** The path is this text. */
    record Exact(String path) implements PathMatch {
        public Exact {
            Objects.requireNonNull(path, "path");
        }
    }

    /**
     * The path begins with this text.
     *
     * @param isFinal whether no expression is asked where this is the longest prefix (nginx {@code ^~})
     */
    record Prefix(String path, boolean isFinal) implements PathMatch {
        public Prefix {
            Objects.requireNonNull(path, "path");
        }
    }

    /** The regular expression matches somewhere in the path; its groups are variables. */
    record Expression(String text, boolean ignoresCase) implements PathMatch {
        public Expression {
            NamedPattern.compile(text, ignoresCase);
        }
    }

    /** No request by its path: only a rule, an error page or another route sends requests here, by the route's name. */
    record Named() implements PathMatch {}
}

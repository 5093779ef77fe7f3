package io.steelyard.api.http;

import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import java.util.Objects;
import java.util.Optional;

/** One thing done with a request before its content is worked out. */
public sealed interface HttpAction {
    /** Gives a variable a value; {@code args} is the query, which changes with it. */
    record Assign(Assignment assignment) implements HttpAction {
        public Assign {
            Objects.requireNonNull(assignment, "assignment");
        }
    }

    /**
     * Answers, and ends the rules.
     *
     * @param status 100 to 599; 444 closes the connection without an answer
     * @param text the body; the place to go to where the status is 301, 302, 303, 307 or 308
     * @param contentType of the body; empty for the route's
     */
    record Reply(int status, Optional<Template> text, Optional<Template> contentType) implements HttpAction {
        public Reply {
            checkStatus(status);
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(contentType, "contentType");
        }
    }

    /**
     * Changes the path, and the query, where the regular expression matches the path (nginx {@code rewrite}). A replacement that ends with
     * {@code ?} leaves the old query out; else it is appended.
     *
     * @param then what follows; a replacement that begins with {@code http://}, {@code https://} or {@code $scheme} is a redirection
     */
    record Rewrite(String expression, boolean ignoresCase, Template replacement, Then then) implements HttpAction {
        public Rewrite {
            NamedPattern.compile(expression, ignoresCase);
            Objects.requireNonNull(replacement, "replacement");
            Objects.requireNonNull(then, "then");
        }
    }

    /** What follows a rewrite. */
    enum Then {
        /** The next rule, and after the last of them a new search for a route. */
        GO_ON,
        /** A new search for a route at once. */
        SEARCH,
        /** No more rules, and no new search. */
        STAY,
        /** An answer with status 302. */
        REDIRECT,
        /** An answer with status 301. */
        REDIRECT_FOR_EVER
    }

    /** Ends the rules; the route stays. */
    record Stay() implements HttpAction {}

    /** Hands the request to the route of this name, whatever its path, and ends the rules. */
    record Go(String route) implements HttpAction {
        public Go {
            Objects.requireNonNull(route, "route");
        }
    }

    /** Changes a field of the request before it is forwarded. */
    record Change(FieldChange change) implements HttpAction {
        public Change {
            Objects.requireNonNull(change, "change");
        }
    }

    /**
     * Says when the request's turn comes where it has to wait for a server (HAProxy {@code set-priority-class}, {@code set-priority-offset}).
     * Of the requests that wait, those of the lowest class are first, and within a class the one that came first, as if it had come {@code
     * OFFSET} milliseconds later (or earlier, where that is negative).
     *
     * @param value a whole number: for a class -2047 to 2047, for an offset -524287 to 524287; greater ones are cut, and what is no number has
     *     no effect
     */
    record Prioritise(Kind kind, Template value) implements HttpAction {
        /** What is set. */
        public enum Kind {
            CLASS,
            OFFSET
        }

        public Prioritise {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(value, "value");
        }
    }

    private static void checkStatus(int status) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", expected 100 to 599");
        }
    }
}

package io.steelyard.api.http;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;
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

    /**
     * Forgets the client's connection, with all its requests, and does not tell the client, which takes it for open (HAProxy
     * {@code silent-drop}); ends the rules. Without CAP_NET_ADMIN a client on the same link is told.
     */
    record Vanish() implements HttpAction {}

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

    /** Ends the rules, and hands the request to the route that the text names; goes on where there is no such route. */
    record GoTo(Template route) implements HttpAction {
        public GoTo {
            Objects.requireNonNull(route, "route");
        }
    }

    /**
     * Answers with an error of our own: the route's answer for the status, or its page. Ends the rules.
     *
     * @param status 200 to 599
     * @param delay how long the client waits for it (HAProxy {@code tarpit}); zero for not at all
     */
    record Fail(int status, Duration delay) implements HttpAction {
        public Fail {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is " + status + ", expected 200 to 599");
            }
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay is negative");
            }
        }
    }

    /**
     * Answers with these fields and this body, and ends the rules.
     *
     * @param status 200 to 599
     * @param fields without those of framing; a field whose value is empty is left out
     * @param body may be empty
     */
    record Respond(int status, List<FieldChange> fields, Template body) implements HttpAction {
        public Respond {
            fields = List.copyOf(fields);
            Objects.requireNonNull(body, "body");
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is " + status + ", expected 200 to 599");
            }
        }
    }

    /**
     * Changes a field at once, so that the conditions of later rules see it: of the request before it is forwarded, of the answer among
     * the rules of answers.
     *
     * @param name whatever the case
     * @param names which fields are meant
     * @param expression for {@link Edit#REPLACE} and {@link Edit#REPLACE_PARTS}: the regular expression that must match somewhere; empty
     *     else
     * @param value may be empty; for replacements {@code \1} to {@code \9} are groups of the expression
     */
    record EditField(Edit edit, String name, Names names, String expression, Template value) implements HttpAction {
        public EditField {
            Objects.requireNonNull(edit, "edit");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(names, "names");
            Objects.requireNonNull(value, "value");
            NamedPattern.compile(expression, false);
            if (names == Names.MATCHES) {
                NamedPattern.compile(name, true);
            }
        }
    }

    /** What {@link EditField} does. */
    enum Edit {
        /** One more. */
        ADD,
        /** All of the name are replaced by one at the end. */
        SET,
        /** All of the name go. */
        REMOVE,
        /** What matches of the value of each is replaced. */
        REPLACE,
        /** The same with each part between commas by itself. */
        REPLACE_PARTS
    }

    /** Which fields {@link EditField} is about; all but {@code ARE} are for {@link Edit#REMOVE} alone. */
    enum Names {
        ARE,
        START_WITH,
        END_WITH,
        CONTAIN,
        /** The name is a regular expression. */
        MATCHES
    }

    /**
     * Changes the request line, or an answer's status, at once.
     *
     * @param expression what of the part is replaced: the first place the regular expression matches; empty for the whole part
     * @param value groups as {@link EditField} has them
     */
    record EditLine(Part part, String expression, Template value) implements HttpAction {
        public EditLine {
            Objects.requireNonNull(part, "part");
            Objects.requireNonNull(value, "value");
            NamedPattern.compile(expression, false);
        }
    }

    /** A part of a request line, or of a status line. */
    enum Part {
        METHOD,
        /** All that stands behind the method. */
        TARGET,
        /** What stands before the question mark. */
        PATH,
        PATH_AND_QUERY,
        /** What stands behind the question mark. */
        QUERY,
        /** An answer's: the number, perhaps with a phrase behind it. */
        STATUS
    }

    /**
     * Notes a text for later rules ({@link HttpFacts#note}).
     *
     * @param name what it is noted under; one that begins with {@code sess.} is kept for the connection's later requests, {@code proc.}
     *     for all
     * @param value absent to forget it
     */
    record Remember(String name, Optional<Template> value) implements HttpAction {
        public Remember {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
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

    /** What the request does is counted under a key of a stick table. */
    record Track(Tracking tracking) implements HttpAction {
        public Track {
            Objects.requireNonNull(tracking, "tracking");
        }
    }

    /** Changes a counter of what the request or its connection tracks. */
    record Count(Counting counting) implements HttpAction {
        public Count {
            Objects.requireNonNull(counting, "counting");
        }
    }

    private static void checkStatus(int status) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", expected 100 to 599");
        }
    }
}

package io.steelyard.http.route;

import io.steelyard.api.http.HttpAction;
import io.steelyard.pool.variable.CompiledTemplate;
import org.jspecify.annotations.Nullable;

/** What rules have said of a request. */
public sealed interface Verdict {
    /** Nothing that ends the rules. */
    record GoOn() implements Verdict {}

    /** A new search for a route. */
    record Search() implements Verdict {}

    /** No more rules; the route stays. */
    record Stay() implements Verdict {}

    /** The client's connection is forgotten. */
    record Vanish() implements Verdict {}

    /** The route of this name. */
    record Go(String route) implements Verdict {}

    /** An answer. */
    record Reply(
            HttpAction.Reply configured,
            @Nullable CompiledTemplate text,
            @Nullable CompiledTemplate contentType) implements Verdict {}

    /** An answer that leads elsewhere. */
    record Redirect(int status, String place) implements Verdict {}

    /** An error of our own. */
    record Fail(HttpAction.Fail configured) implements Verdict {}

    /** An answer with these fields and this body. */
    record Respond(int status, FieldChanges fields, CompiledTemplate body) implements Verdict {}
}

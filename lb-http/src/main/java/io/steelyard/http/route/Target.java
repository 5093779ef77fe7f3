package io.steelyard.http.route;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.HttpAction;
import io.steelyard.http.message.FieldBlock;
import org.jspecify.annotations.Nullable;

/** The path and query of a request, as rules may change them. Used by one request at a time. */
public interface Target {
    /** The normalised path. */
    String path();

    /** The query without its question mark; empty where there is none. */
    String query();

    /** Whether the path came percent-encoded in parts, or with a plus sign. */
    boolean wasEncoded();

    /** Changes both; what is forwarded is made of them from then on. */
    void change(String path, String query);

    /** Whether the path was changed since this was asked last, by a rewrite after which a new search for a route is due. */
    boolean takePathChanged();

    /** Asks for a new search for a route once the rules have run. */
    void markPathChanged();

    /** Sets when the request's turn comes where it waits for a server. */
    void prioritise(HttpAction.Prioritise.Kind kind, int value);

    /** Notes a change of the request's fields, to be made before it is forwarded. */
    void change(FieldChanges.Change change);

    /** The fields that rules change at once: of the request, or of the answer. */
    FieldBlock fields();

    /** A part of the request line, as it is now; of an answer its status. */
    String part(HttpAction.Part part);

    /** Changes a part of the request line, or the status of an answer. */
    void change(HttpAction.Part part, String value);

    /** Notes a text for later rules; null forgets it. */
    void note(String name, @Nullable String value);

    /** Counts what the request does under a key, from now on. */
    void track(Tracking tracking, String key);

    /** Changes a counter of what is tracked. */
    void count(Counting counting, String value);

    /** Whether there is a route of a name. */
    boolean hasRoute(String name);
}

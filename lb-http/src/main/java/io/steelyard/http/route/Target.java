package io.steelyard.http.route;

import io.steelyard.api.http.HttpAction;

/** The path and query of a request, as rules may change them. Used by one request at a time. */
public interface Target {
    /** The normalised path. */
    String path();

    /** The query without its question mark; empty where there is none. */
    String query();

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
}

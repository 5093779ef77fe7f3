package io.steelyard.api.affinity;

import io.steelyard.api.http.Condition;
import io.steelyard.api.text.Template;
import java.util.Objects;
import java.util.Optional;

/**
 * A {@link StickTable} knows the server by a key. By a header field, a parameter of the query, a cookie, the path or the client's address:
 * whatever the key's variables say.
 *
 * @param use what is done with the table
 * @param table its name
 * @param key such as {@code $remote_addr}, {@code $http_x_user} or, for {@link Use#STORE_RESPONSE}, {@code $upstream_cookie_session}; nothing is
 *     done where it is empty
 * @param when what must be so for the rule to hold; absent for always
 */
public record TableAffinity(Use use, String table, Template key, Optional<Condition> when)
        implements RequestAffinity.Rule {
    /** What is done with a table. */
    public enum Use {
        /** The request's key is looked up, and its server stored when it has one (HAProxy {@code stick on}). */
        MATCH_AND_STORE,
        /** The request's key is looked up (HAProxy {@code stick match}, nginx {@code sticky learn lookup=}). */
        MATCH,
        /** The server the request got is stored under the request's key (HAProxy {@code stick store-request}). */
        STORE_REQUEST,
        /** The server is stored under a key of its answer (HAProxy {@code stick store-response}, nginx {@code sticky learn create=}). */
        STORE_RESPONSE
    }

    public TableAffinity {
        Objects.requireNonNull(use, "use");
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(when, "when");
    }

    /** Looks a key of the request up in a table and stores it there. */
    public static TableAffinity on(String table, String key) {
        return new TableAffinity(Use.MATCH_AND_STORE, table, Template.parse(key), Optional.empty());
    }
}

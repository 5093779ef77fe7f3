package io.steelyard.config.haproxy.expression;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Users and their passwords, by the name of their list ({@code userlist}). Immutable and safe for all threads. */
final class UserLists {
    static final UserLists NONE = new UserLists(Map.of());

    /** A user of a list. */
    record User(String name, Password password, List<String> groups) {
        User {
            groups = List.copyOf(groups);
        }
    }

    private final Map<String, List<User>> lists;

    UserLists(Map<String, List<User>> lists) {
        this.lists = Map.copyOf(lists);
    }

    /** Whether credentials of HTTP Basic authentication (RFC 7617) are those of a user of the list. */
    boolean admits(String list, @Nullable String authorization) {
        return find(list, authorization) != null;
    }

    /** The groups of the user whose credentials they are, joined by spaces; null where there is no such user. */
    @Nullable
    String group(String list, @Nullable String authorization) {
        var user = find(list, authorization);
        return user == null ? null : String.join(" ", user.groups());
    }

    private @Nullable User find(String list, @Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        String credentials;
        try {
            credentials = new String(
                    Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
        int colon = credentials.indexOf(':');
        if (colon < 0) {
            return null;
        }
        for (var user : lists.getOrDefault(list, List.of())) {
            if (user.name().equals(credentials.substring(0, colon))
                    && user.password().is(credentials.substring(colon + 1))) {
                return user;
            }
        }
        return null;
    }

    /** Collects users; not thread-safe. */
    static final class Builder {
        private final Map<String, List<User>> lists = new HashMap<>();

        void add(String list, User user) {
            lists.merge(list, List.of(user), (before, one) -> {
                var all = new ArrayList<>(before);
                all.addAll(one);
                return all;
            });
        }

        UserLists build() {
            return new UserLists(lists);
        }
    }
}

package io.steelyard.api.http;

import io.steelyard.api.text.Template;
import java.util.Objects;
import java.util.Optional;

/**
 * Who may ask by name and password (HTTP Basic authentication, RFC 7617), asked after the rules about addresses. Others get 401 with the field
 * {@code WWW-Authenticate}.
 *
 * @param realm what clients are told that the password is for; {@code off} for a request that needs none
 * @param users neither empty nor {@code 0} where the request's credentials are those of a user; absent where there is no list of users: whoever
 *     gives a name gets 403 then
 * @param isEnough whether it is enough that either this or a rule about addresses lets the client in (nginx {@code satisfy any}); else both must
 */
public record BasicAuthentication(Template realm, Optional<Template> users, boolean isEnough) {
    public BasicAuthentication {
        Objects.requireNonNull(realm, "realm");
        Objects.requireNonNull(users, "users");
    }
}

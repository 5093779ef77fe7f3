package io.steelyard.config.yaml;

import io.steelyard.api.http.BasicAuthentication;
import io.steelyard.api.text.Template;

/** {@link BasicAuthentication}. */
final class BasicAuthenticationSection extends Section<BasicAuthentication> {
    private final Key<BasicAuthentication, Template> realm = required(
            "realm",
            TemplateForm.template(),
            BasicAuthentication::realm,
            "What clients are told that the password is for; `off` for a request that needs none.");
    private final Key<BasicAuthentication, Template> users = absent(
            "users",
            TemplateForm.template(),
            BasicAuthentication::users,
            "nobody",
            "A text that is neither empty nor `0` where name and password are right, such as a variable in the language `nginx.users`. Without "
                    + "it whoever gives a name gets 403.");
    private final Key<BasicAuthentication, Boolean> isEnough = optional(
            "enough",
            Forms.flag(),
            BasicAuthentication::isEnough,
            false,
            "Whether it is enough that either this or `access` lets the client in; else both must.");

    BasicAuthenticationSection() {
        super("basic authentication");
    }

    @Override
    BasicAuthentication make(Values values) {
        return new BasicAuthentication(values.get(realm), values.find(users), values.or(isEnough, false));
    }
}

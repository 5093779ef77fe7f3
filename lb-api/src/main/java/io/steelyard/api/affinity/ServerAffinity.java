package io.steelyard.api.affinity;

import io.steelyard.api.http.Condition;
import io.steelyard.api.text.Template;
import java.util.Objects;
import java.util.Optional;

/**
 * A text names the server by its id (HAProxy {@code use-server}).
 *
 * @param server the text; nothing is asked for where there is no server of that id
 * @param when what must be so for the rule to hold; absent for always
 */
public record ServerAffinity(Template server, Optional<Condition> when) implements RequestAffinity.Rule {
    public ServerAffinity {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(when, "when");
    }
}

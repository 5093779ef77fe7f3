package io.steelyard.api.affinity;

import io.steelyard.api.text.Template;
import java.util.List;

/**
 * A value of the request names the server (nginx {@code sticky route}): the first text that is not empty is compared with each server's
 * {@link io.steelyard.api.pool.RealServer#stickyName}.
 *
 * @param values such as {@code $cookie_route}, {@code $arg_route}, {@code $http_x_route}
 */
public record RouteAffinity(List<Template> values) implements RequestAffinity.Rule {
    public RouteAffinity {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("there is no value; expected at least one");
        }
    }
}

package io.steelyard.api.health;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import java.util.List;

/**
 * Makes health checks of one kind.
 *
 * @implSpec Stateless; called on the control thread.
 */
public interface HealthCheckProvider extends Plugin {
    /** The options it understands; anything else in a configuration is refused before {@link #create} is called. */
    default List<OptionSpec> options() {
        return List.of();
    }

    /**
     * One use of the check.
     *
     * @throws IllegalArgumentException where options that are right one by one do not go together; the text says why
     */
    HealthCheck create(Options options);
}

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

    /**
     * One use of the check that takes these steps.
     *
     * @param steps none for what the options say alone
     * @throws IllegalArgumentException as {@link #create(Options)}, and where the check takes no steps
     */
    default HealthCheck create(Options options, List<CheckStep> steps) {
        if (!steps.isEmpty()) {
            throw new IllegalArgumentException("the check '" + name() + "' takes no steps; tcp and http do");
        }
        return create(options);
    }
}

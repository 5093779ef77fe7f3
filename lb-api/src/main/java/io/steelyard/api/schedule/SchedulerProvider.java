package io.steelyard.api.schedule;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import java.util.List;

/**
 * Makes schedulers of one algorithm. The smallest one:
 *
 * <pre>{@code
 * public final class LeastBusyProvider implements SchedulerProvider {
 *     public String name() { return "least-busy"; }
 *     public String description() { return "fewest open flows, first listed on ties"; }
 *     public Scheduler create(Options options) {
 *         return (servers, previous) -> flow -> {
 *             int best = Picker.NONE;
 *             for (int i = 0; i < servers.size(); i++) {
 *                 if (servers.isEligible(i, flow)
 *                         && (best == Picker.NONE || servers.load(i).active() < servers.load(best).active())) {
 *                     best = i;
 *                 }
 *             }
 *             return best;
 *         };
 *     }
 * }
 * }</pre>
 *
 * @implSpec Stateless; called on the control thread.
 */
public interface SchedulerProvider extends Plugin {
    /** The options it understands; anything else in a configuration is refused before {@link #create} is called. */
    default List<OptionSpec> options() {
        return List.of();
    }

    /** Whether it hashes the pool's {@link io.steelyard.api.pool.ServerPool#hashKey()}; a key given to any other is a warning. */
    default boolean usesHashKey() {
        return false;
    }

    /**
     * Whether a server's weight may change without moving other servers' clients. Slow start applies to such schedulers only.
     */
    default boolean followsWeightChanges() {
        return true;
    }

    /**
     * One use of the algorithm.
     *
     * @throws IllegalArgumentException where options that are right one by one do not go together; the text says why
     */
    Scheduler create(Options options);
}

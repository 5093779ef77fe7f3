package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts balancers.
 *
 * <pre>{@code
 * try (LoadBalancer balancer = Steelyard.start(configuration)) {
 *     …
 * }
 * }</pre>
 */
public final class Steelyard {
    private Steelyard() {}

    /**
     * Starts a balancer with the plug-ins that are installed.
     *
     * @throws ConfigurationException where the configuration is refused; nothing is started then
     * @throws IllegalStateException where this machine cannot run the data plane, with the reason
     */
    public static LoadBalancer start(Configuration configuration) {
        return builder().start(configuration);
    }

    /** For a balancer with plug-ins or listeners of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Optional<Plugins> plugins = Optional.empty();
        private final List<Consumer<Event>> listeners = new ArrayList<>();

        private boolean takesOver;

        private Builder() {}

        /** The plug-ins to use instead of all that are installed. */
        public Builder plugins(Plugins value) {
            plugins = Optional.of(value);
            return this;
        }

        /** Called for each event from the first on, on the control thread; must not block. */
        public Builder onEvent(Consumer<Event> listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Another process of the same user gives way to this one: TCP addresses and UNIX sockets that it has are taken all the same when the
         * balancer starts, and both get new clients until the other stops accepting. Without it, an address that is taken is an error.
         */
        public Builder takeOver() {
            takesOver = true;
            return this;
        }

        /** As {@link Steelyard#start(Configuration)}. */
        public LoadBalancer start(Configuration configuration) {
            return Engine.start(configuration, plugins.orElseGet(Plugins::installed), listeners, takesOver);
        }
    }
}

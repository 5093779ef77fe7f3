package io.steelyard.vrrp.witness;

import java.util.Map;

/** Makes the way to one kind of witness. Found by {@link java.util.ServiceLoader}; stateless, with a public constructor without arguments. */
public interface WitnessProvider {
    /** What configurations call it, such as {@code etcd}. */
    String name();

    /**
     * Opens the way; the witness itself need not be there yet. Called on a thread in the network namespace that is meant; sockets and threads must be
     * made by it.
     *
     * @throws IllegalArgumentException for options that are missing, unknown or wrong, with which and what is expected
     * @throws java.io.IOException where the system refuses
     */
    Witness open(Settings settings) throws java.io.IOException;

    /**
     * What a client needs.
     *
     * @param asker who asks: unique to this process
     * @param options as configured
     */
    record Settings(String asker, Map<String, String> options) {
        public Settings {
            options = Map.copyOf(options);
        }
    }
}

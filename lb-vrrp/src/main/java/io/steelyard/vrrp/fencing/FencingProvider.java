package io.steelyard.vrrp.fencing;

import java.util.Map;

/** Makes one kind of fencing. Found by {@link java.util.ServiceLoader}; stateless, with a public constructor without arguments. */
public interface FencingProvider {
    /** What configurations call it, such as {@code script}. */
    String name();

    /**
     * Makes it ready.
     *
     * @throws IllegalArgumentException for options that are missing, unknown or wrong, with which and what is expected
     */
    Fencing open(Settings settings);

    /**
     * What it needs.
     *
     * @param options as configured
     * @param scriptUser who runs programs; empty for whoever runs this process
     * @param scriptSecurity whether programs that others than root may change are refused
     */
    record Settings(Map<String, String> options, String scriptUser, boolean scriptSecurity) {
        public Settings {
            options = Map.copyOf(options);
        }
    }
}

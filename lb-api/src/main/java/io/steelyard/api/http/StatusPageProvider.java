package io.steelyard.api.http;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import java.util.List;

/** Makes pages about the running balancer, which a route serves ({@link Content.Page}). */
public interface StatusPageProvider extends Plugin {
    /** The options it understands. */
    List<OptionSpec> options();

    /**
     * Makes a page.
     *
     * @param options already checked against {@link #options()}
     * @throws IllegalArgumentException where options contradict each other
     */
    StatusPage make(Options options);
}

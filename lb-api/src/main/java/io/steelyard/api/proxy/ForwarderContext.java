package io.steelyard.api.proxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.schedule.Balancer;

/** What the engine lends a forwarder. Safe for all threads. */
public interface ForwarderContext {
    /**
     * The pool at work. The same object for as long as a pool of this name is configured.
     *
     * @throws IllegalArgumentException where there is no such pool
     */
    Balancer balancer(String pool);

    /** The configuration a virtual server is opened or changed under: its variables and limit zones. */
    Configuration configuration();

    /** Tells the application. */
    void publish(Event event);
}

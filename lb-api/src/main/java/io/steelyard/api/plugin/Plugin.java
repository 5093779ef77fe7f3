package io.steelyard.api.plugin;

/**
 * What every provider says of itself. A provider is stateless, has a public constructor without arguments, and is found by
 * {@link java.util.ServiceLoader} or registered in code with {@link Plugins.Builder#register(Plugin)}.
 *
 * <p>None of these methods may throw; a provider that does is left out with a warning and hurts no other.
 */
public interface Plugin {
    /** The API version this library has; a provider that asks for a newer one is left out with a message that says so. */
    int API_VERSION = 1;

    /** The name configurations use: lower-case letters, digits, {@code . _ -}, beginning with a letter. Unique within its kind. */
    String name();

    /** One line for people: what it does. */
    String description();

    /** 0 to 10, 5 is normal. Of two providers of one kind and name the higher priority wins; the loser is logged once. */
    default int priority() {
        return 5;
    }

    /** False where this machine lacks what the provider needs. */
    default boolean isAvailable() {
        return true;
    }

    /** The API version the provider was written for. */
    default int apiVersion() {
        return API_VERSION;
    }
}

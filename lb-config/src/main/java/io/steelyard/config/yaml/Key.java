package io.steelyard.config.yaml;

import java.util.Optional;
import java.util.function.Function;

/**
 * One key of a section.
 *
 * @param <T> what the section describes
 * @param <V> the key's value
 * @param name as written in the file
 * @param form what its value looks like
 * @param isRequired whether the section is wrong without it
 * @param defaultText what holds without it, for the manual
 * @param written the value to write; nothing where that is what holds without it
 * @param description one or two sentences for the manual, with the unit where the form does not tell
 */
record Key<T, V>(
        String name,
        Form<V> form,
        boolean isRequired,
        String defaultText,
        Function<T, Optional<V>> written,
        String description) {}

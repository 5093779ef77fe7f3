package io.steelyard.config.yaml;

import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The values a section was given, each by the key that read it. */
final class Values {
    private final String name;
    private final Map<Key<?, ?>, Object> values = new HashMap<>();

    Values(String name) {
        this.name = name;
    }

    /** The name the section stands under, where its parent names it. */
    String name() {
        return name;
    }

    <V> void put(Key<?, V> key, V value) {
        values.put(key, value);
    }

    /** The value, where it was given. */
    @SuppressWarnings("unchecked") // put() lets in only values of the key's type
    <V> Optional<V> find(Key<?, V> key) {
        return Optional.ofNullable((V) values.get(key));
    }

    /** The value, or {@code fallback} where none was given. */
    <V> V or(Key<?, V> key, V fallback) {
        return find(key).orElse(fallback);
    }

    /** The value of a required key. */
    <V> V get(Key<?, V> key) {
        return find(key).orElseThrow(() -> new NoSuchElementException(key.name()));
    }
}

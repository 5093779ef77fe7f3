package io.steelyard.config.yaml;

import java.util.Optional;

/** How values of one type look in YAML: reads them, writes them, and says what they look like. */
interface Form<V> {
    /** The value, or nothing where it is wrong, which has then been told to {@code reading}. */
    Optional<V> read(Yaml yaml, Reading reading);

    /** What {@link #read} reads back as an equal value. */
    Yaml write(V value);

    /** What it looks like, for the schema and the manual. */
    Shape shape();
}

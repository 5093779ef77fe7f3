package io.steelyard.config.yaml;

import java.util.LinkedHashMap;
import java.util.Map;

/** Every section of the table of keys, by title, parents first. */
final class Sections {
    private Sections() {}

    static Map<String, Section<?>> all() {
        var found = new LinkedHashMap<String, Section<?>>();
        collect(new ConfigurationSection().shape(), found);
        return found;
    }

    private static void collect(Shape shape, Map<String, Section<?>> found) {
        switch (shape) {
            case Shape.Keys keys -> {
                if (found.putIfAbsent(keys.section().title(), keys.section()) == null) {
                    keys.section().keys().forEach(key -> collect(key.form().shape(), found));
                }
            }
            case Shape.ListOf list -> collect(list.item(), found);
            case Shape.NamesTo names -> collect(names.value(), found);
            case Shape.Either either -> either.shapes().forEach(one -> collect(one, found));
            default -> {
                // Nothing inside.
            }
        }
    }
}

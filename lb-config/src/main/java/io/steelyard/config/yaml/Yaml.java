package io.steelyard.config.yaml;

import io.steelyard.api.Position;
import java.util.List;

/** A piece of a YAML document, with its place. */
sealed interface Yaml {
    /** The place of what was not read from a file. */
    Position NOWHERE = new Position("", 0, 0);

    Position at();

    /** What a message calls it. */
    String kind();

    /**
     * Text.
     *
     * @param isPlain whether it stood, or may stand, without quotes: a number, a word of a fixed set, a time
     */
    record Scalar(String text, boolean isPlain, Position at) implements Yaml {
        /** Whether it stands for "no value", as {@code key:} and {@code key: null} do. */
        boolean isAbsent() {
            return isPlain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public String kind() {
            return isAbsent() ? "nothing" : "'" + text + "'";
        }
    }

    /** A list. */
    record Sequence(List<Yaml> items, Position at) implements Yaml {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys and their values, in file order; no key twice. */
    record Mapping(List<Entry> entries, Position at) implements Yaml {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** One {@code key: value}. */
    record Entry(Scalar key, Yaml value) {
        static Entry of(String key, Yaml value) {
            return new Entry(text(key), value);
        }
    }

    /** A text, quoted where YAML would read it as something else. */
    static Scalar text(String text) {
        return new Scalar(text, false, NOWHERE);
    }

    /** A number, a fixed word or a time. */
    static Scalar plain(String text) {
        return new Scalar(text, true, NOWHERE);
    }

    static Sequence list(List<? extends Yaml> items) {
        return new Sequence(List.copyOf(items), NOWHERE);
    }

    static Mapping mapping(List<Entry> entries) {
        return new Mapping(entries, NOWHERE);
    }
}

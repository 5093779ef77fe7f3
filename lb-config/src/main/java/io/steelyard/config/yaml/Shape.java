package io.steelyard.config.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** What a value looks like, for the JSON schema and the manual. */
sealed interface Shape {
    /** As the manual's tables say it. */
    String name();

    /** Any text of the kind {@code what}. */
    record Text(String what) implements Shape {
        @Override
        public String name() {
            return what;
        }
    }

    /** A whole number. */
    record Whole(long least, long most) implements Shape {
        @Override
        public String name() {
            return "integer " + least + " to " + most;
        }
    }

    /** A number. */
    record Decimal(double least, double most) implements Shape {
        @Override
        public String name() {
            return "number " + least + " to " + most;
        }
    }

    /** True or false. */
    record Flag() implements Shape {
        @Override
        public String name() {
            return "true or false";
        }
    }

    /** A duration with a unit. */
    record Time(boolean isPositive) implements Shape {
        @Override
        public String name() {
            return isPositive ? "time above 0" : "time";
        }
    }

    /** One of some words. */
    record Words(List<String> words) implements Shape {
        @Override
        public String name() {
            return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
        }
    }

    /** A list. */
    record ListOf(Shape item) implements Shape {
        @Override
        public String name() {
            return "list of " + item.name();
        }
    }

    /** Names of the user's choice, each with a value. */
    record NamesTo(Shape value) implements Shape {
        @Override
        public String name() {
            return "mapping of names to " + value.name();
        }
    }

    /** The keys of a section. */
    record Keys(Section<?> section) implements Shape {
        @Override
        public String name() {
            return "[" + section.title() + "](#" + section.title().replace(' ', '-') + ")";
        }
    }

    /** Any of several shapes. */
    record Either(List<Shape> shapes) implements Shape {
        @Override
        public String name() {
            return shapes.stream().map(Shape::name).collect(Collectors.joining(" or "));
        }
    }
}

package io.steelyard.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The table of keys as a JSON schema (draft 2020-12). */
final class SchemaText {
    private SchemaText() {}

    static String generate() {
        var definitions = new LinkedHashMap<String, Object>();
        Sections.all().forEach((title, section) -> definitions.put(id(title), section(section)));
        var root = new LinkedHashMap<String, Object>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Steelyard configuration");
        root.put("$ref", "#/$defs/configuration");
        root.put("$defs", definitions);
        return json(root, 0) + "\n";
    }

    private static String id(String title) {
        return title.replace(' ', '-');
    }

    private static Map<String, Object> section(Section<?> section) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var key : section.keys()) {
            var property = new LinkedHashMap<>(shape(key.form().shape()));
            var fallback = key.defaultText().isEmpty() ? "" : " Default: " + key.defaultText() + ".";
            property.put("description", key.description() + fallback);
            properties.put(key.name(), property);
            if (key.isRequired()) {
                required.add(key.name());
            }
        }
        var object = new LinkedHashMap<String, Object>();
        object.put("type", "object");
        object.put("additionalProperties", false);
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        object.put("properties", properties);
        return object;
    }

    private static Map<String, Object> shape(Shape shape) {
        var schema = new LinkedHashMap<String, Object>();
        switch (shape) {
            case Shape.Text text -> schema.put("type", List.of("string", "number", "boolean"));
            case Shape.Whole whole -> {
                schema.put("type", "integer");
                schema.put("minimum", whole.least());
                schema.put("maximum", whole.most());
            }
            case Shape.Decimal decimal -> {
                schema.put("type", "number");
                schema.put("minimum", decimal.least());
                schema.put("maximum", decimal.most());
            }
            case Shape.Flag flag -> schema.put("type", "boolean");
            case Shape.Time time -> {
                schema.put("type", "string");
                schema.put("pattern", "^([0-9]{1,12}(us|ms|s|m|h|d))+$");
            }
            case Shape.Words words -> schema.put("enum", words.words());
            case Shape.ListOf list -> {
                schema.put("type", "array");
                schema.put("items", shape(list.item()));
            }
            case Shape.NamesTo names -> {
                schema.put("type", "object");
                schema.put("additionalProperties", shape(names.value()));
            }
            case Shape.Keys keys ->
                schema.put("$ref", "#/$defs/" + id(keys.section().title()));
            case Shape.Either either ->
                schema.put(
                        "anyOf", either.shapes().stream().map(SchemaText::shape).toList());
        }
        return schema;
    }

    private static String json(Object value, int indent) {
        var inner = "\n" + " ".repeat(indent + 2);
        var end = "\n" + " ".repeat(indent);
        return switch (value) {
            case Map<?, ?> map ->
                map.isEmpty()
                        ? "{}"
                        : map.entrySet().stream()
                                .map(entry ->
                                        inner + json(entry.getKey(), 0) + ": " + json(entry.getValue(), indent + 2))
                                .collect(Collectors.joining(",", "{", end + "}"));
            case List<?> list ->
                list.isEmpty()
                        ? "[]"
                        : list.stream()
                                .map(item -> inner + json(item, indent + 2))
                                .collect(Collectors.joining(",", "[", end + "]"));
            case String text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            default -> value.toString();
        };
    }
}

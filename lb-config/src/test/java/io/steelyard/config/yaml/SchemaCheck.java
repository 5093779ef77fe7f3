package io.steelyard.config.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** As much of a JSON schema validator as our schema needs. */
final class SchemaCheck {
    private final Yaml schema;

    /** @param schema the parsed schema file */
    SchemaCheck(Yaml schema) {
        this.schema = schema;
    }

    /** What does not agree, with the place in the document. */
    List<String> faults(Yaml document) {
        return faults(document, schema);
    }

    private List<String> faults(Yaml value, Yaml rule) {
        var faults = new ArrayList<String>();
        var keywords = entries(rule);
        if (keywords.containsKey("$ref")) {
            var name = text(keywords.get("$ref")).replace("#/$defs/", "");
            var target = entries(entries(schema).get("$defs")).get(name);
            if (target == null) {
                throw new IllegalStateException("no definition " + name);
            }
            faults.addAll(faults(value, target));
        }
        if (keywords.get("anyOf") instanceof Yaml.Sequence any
                && any.items().stream().noneMatch(one -> faults(value, one).isEmpty())) {
            faults.add(value.at() + " agrees with none of anyOf");
        }
        if (keywords.get("type") instanceof Yaml.Sequence types
                && types.items().stream().noneMatch(type -> isOfType(value, text(type)))) {
            faults.add(value.at() + " is of no type of " + types.items());
        }
        if (keywords.get("type") instanceof Yaml.Scalar type && !isOfType(value, type.text())) {
            faults.add(value.at() + " is no " + type.text());
        }
        if (keywords.get("enum") instanceof Yaml.Sequence words
                && words.items().stream().noneMatch(word -> text(word).equals(text(value)))) {
            faults.add(value.at() + " is none of the words");
        }
        if (keywords.containsKey("pattern") && !text(value).matches(text(keywords.get("pattern")))) {
            faults.add(value.at() + " has not the pattern");
        }
        if (keywords.containsKey("minimum") && faults.isEmpty()) {
            double number = Double.parseDouble(text(value));
            if (number < Double.parseDouble(text(keywords.get("minimum")))
                    || number > Double.parseDouble(text(keywords.get("maximum")))) {
                faults.add(value.at() + " is out of range");
            }
        }
        if (keywords.containsKey("items") && value instanceof Yaml.Sequence list) {
            list.items().forEach(item -> faults.addAll(faults(item, keywords.get("items"))));
        }
        faults.addAll(objectFaults(value, keywords));
        return faults;
    }

    private List<String> objectFaults(Yaml value, Map<String, Yaml> keywords) {
        var faults = new ArrayList<String>();
        if (!(value instanceof Yaml.Mapping mapping)) {
            return faults;
        }
        var properties = entries(keywords.get("properties"));
        for (var entry : mapping.entries()) {
            var property = properties.get(entry.key().text());
            var others = keywords.get("additionalProperties");
            if (property != null) {
                faults.addAll(faults(entry.value(), property));
            } else if (others instanceof Yaml.Mapping) {
                faults.addAll(faults(entry.value(), others));
            } else if (others != null) {
                faults.add(entry.key().at() + " is no property: " + entry.key().text());
            }
        }
        if (keywords.get("required") instanceof Yaml.Sequence required) {
            for (var name : required.items()) {
                if (mapping.entries().stream()
                        .noneMatch(entry -> entry.key().text().equals(text(name)))) {
                    faults.add(value.at() + " lacks " + text(name));
                }
            }
        }
        return faults;
    }

    private static boolean isOfType(Yaml value, String type) {
        return switch (type) {
            case "object" -> value instanceof Yaml.Mapping;
            case "array" -> value instanceof Yaml.Sequence;
            case "string" -> value instanceof Yaml.Scalar;
            case "boolean" -> text(value).equals("true") || text(value).equals("false");
            case "integer" -> text(value).matches("-?[0-9]+");
            case "number" -> text(value).matches("-?[0-9.eE+-]+");
            default -> throw new IllegalStateException(type);
        };
    }

    private static Map<String, Yaml> entries(Yaml yaml) {
        var entries = new HashMap<String, Yaml>();
        if (yaml instanceof Yaml.Mapping mapping) {
            mapping.entries().forEach(entry -> entries.put(entry.key().text(), entry.value()));
        }
        return entries;
    }

    private static String text(Yaml yaml) {
        return yaml instanceof Yaml.Scalar scalar ? scalar.text() : "";
    }
}

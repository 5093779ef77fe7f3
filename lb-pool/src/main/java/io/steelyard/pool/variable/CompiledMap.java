package io.steelyard.pool.variable;

import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.VariableDefinition.Kind;
import io.steelyard.api.text.VariableDefinition.Rule;
import io.steelyard.api.text.VariableDefinition.TextMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map: exact key, longest {@code *.suffix}, longest {@code prefix.*}, first matching expression, default (nginx {@code ngx_hash.c},
 * {@code ngx_stream_map_module.c}). An empty source matches an exact key only.
 */
final class CompiledMap implements CompiledVariable {
    private record Expression(NamedPattern pattern, CompiledTemplate value) {}

    private final CompiledTemplate source;
    private final CompiledTemplate defaultValue;
    private final boolean hasHostNames;
    private final boolean isVolatile;
    private final Map<String, CompiledTemplate> exact = new HashMap<>();
    private final Map<String, CompiledTemplate> suffixes = new HashMap<>();
    private final Map<String, CompiledTemplate> prefixes = new HashMap<>();
    private final List<Expression> expressions = new ArrayList<>();

    CompiledMap(TextMap map) {
        source = new CompiledTemplate(map.source());
        defaultValue = new CompiledTemplate(map.defaultValue());
        hasHostNames = map.hasHostNames();
        isVolatile = map.isVolatile();
        map.rules().forEach(this::add);
    }

    private void add(Rule rule) {
        var key = Raw.lowerCase(Raw.ofText(rule.key()));
        var value = new CompiledTemplate(rule.value());
        switch (rule.kind()) {
            case EXACT -> exact.put(key, value);
            case HOST_NAME -> addHostName(key, value);
            case REGEX, REGEX_IGNORING_CASE ->
                expressions.add(new Expression(
                        NamedPattern.compile(Raw.ofText(rule.key()), rule.kind() == Kind.REGEX_IGNORING_CASE), value));
        }
    }

    private void addHostName(String key, CompiledTemplate value) {
        if (key.startsWith("*.")) {
            suffixes.put(key.substring(2), value);
        } else if (key.startsWith(".")) {
            suffixes.put(key.substring(1), value);
            exact.putIfAbsent(key.substring(1), value);
        } else if (key.endsWith(".*")) {
            prefixes.put(key.substring(0, key.length() - 2), value);
        } else {
            exact.put(key, value);
        }
    }

    List<String> groupNames() {
        return expressions.stream()
                .flatMap(expression -> expression.pattern().names().stream())
                .toList();
    }

    @Override
    public boolean isVolatile() {
        return isVolatile;
    }

    @Override
    public String value(Evaluation evaluation) {
        var text = evaluation.raw(source);
        if (hasHostNames && text.endsWith(".")) {
            text = text.substring(0, text.length() - 1);
        }
        var literal = find(Raw.lowerCase(text));
        if (literal != null) {
            return evaluation.raw(literal);
        }
        if (!text.isEmpty()) {
            for (var expression : expressions) {
                if (evaluation.matches(expression.pattern(), text)) {
                    return evaluation.raw(expression.value());
                }
            }
        }
        return evaluation.raw(defaultValue);
    }

    private @Nullable CompiledTemplate find(String text) {
        var value = exact.get(text);
        if (value != null || text.isEmpty()) {
            return value;
        }
        if (!suffixes.isEmpty()) {
            for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
                value = suffixes.get(text.substring(dot + 1));
                if (value != null) {
                    return value;
                }
            }
        }
        if (!prefixes.isEmpty()) {
            for (int dot = text.lastIndexOf('.'); dot >= 0; dot = text.lastIndexOf('.', dot - 1)) {
                value = prefixes.get(text.substring(0, dot));
                if (value != null) {
                    return value;
                }
            }
        }
        return null;
    }
}

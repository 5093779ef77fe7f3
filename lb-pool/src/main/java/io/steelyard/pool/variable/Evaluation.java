package io.steelyard.pool.variable;

import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.http.HttpVariableSource;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.VariableSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one connection. A defined variable is worked out at its first use and kept, unless it is volatile or part of a circle
 * (whose inner use is empty); an assigned one has what was assigned last. One thread at a time.
 */
public final class Evaluation {
    private final VariableTable table;
    private final VariableSource source;
    private final Set<String> underWay = new HashSet<>(0);

    /** What was assigned or worked out; made by the first of them, for most connections need none. */
    private @Nullable Map<String, String> values;

    private @Nullable String[] groups = {};

    Evaluation(VariableTable table, VariableSource source) {
        this.table = table;
        this.source = source;
    }

    /** What expressions are made of; null for what is no HTTP request, nor a connection that went through rules. */
    @Nullable
    HttpFacts facts() {
        return switch (source) {
            case HttpVariableSource http -> http.facts();
            case ConnectionFacts connection -> connection.view();
            default -> null;
        };
    }

    /** Gives a variable the value of {@code value} as it is now (nginx {@code set}). */
    public void assign(String variable, CompiledTemplate value) {
        remember(variable, raw(value));
    }

    /** The text, bytes that are not UTF-8 replaced; variables without a value leave nothing. */
    public String text(CompiledTemplate template) {
        return Raw.toText(raw(template));
    }

    /** The bytes of the text; variables without a value leave nothing. */
    public byte[] bytes(CompiledTemplate template) {
        return Raw.toBytes(raw(template));
    }

    /** Whether the text is neither empty nor {@code 0} (nginx {@code if=}). */
    public boolean isTrue(CompiledTemplate template) {
        var value = raw(template);
        return !value.isEmpty() && !value.equals("0");
    }

    /** Makes the bytes of the text the hash key of a flow. */
    public void fillKey(CompiledTemplate template, Flow flow) {
        var bytes = bytes(template);
        flow.key(bytes, 0, bytes.length);
    }

    /** The raw bytes of the text, each one character. */
    public String raw(CompiledTemplate template) {
        var parts = template.parts();
        if (parts.size() == 1) {
            var only = value(parts.getFirst());
            return only == null ? "" : only;
        }
        var text = new StringBuilder();
        for (var part : parts) {
            var value = value(part);
            if (value != null) {
                text.append(value);
            }
        }
        return text.toString();
    }

    /** The raw bytes of the text, with groups of the expression that matched last changed. */
    public String raw(CompiledTemplate template, UnaryOperator<String> ofGroup) {
        var text = new StringBuilder();
        for (var part : template.parts()) {
            var value = value(part);
            if (value != null) {
                text.append(part instanceof CompiledTemplate.Part.Group ? ofGroup.apply(value) : value);
            }
        }
        return text.toString();
    }

    /** The raw value of one part; null for a variable that has none. */
    @Nullable
    String value(CompiledTemplate.Part part) {
        return switch (part) {
            case CompiledTemplate.Part.Literal literal -> literal.raw();
            case CompiledTemplate.Part.BuiltIn builtIn -> source.value(builtIn.variable());
            case CompiledTemplate.Part.Defined defined -> defined(defined.name());
            case CompiledTemplate.Part.OfRequest request ->
                source instanceof HttpVariableSource http
                        ? http.value(
                                request.reference().variable(),
                                request.reference().rest())
                        : ofConnection(request);
            case CompiledTemplate.Part.Group group -> group(group.number());
        };
    }

    /** The value where there is no request. */
    private @Nullable String ofConnection(CompiledTemplate.Part.OfRequest variable) {
        return variable.reference().variable() == HttpVariable.PROXY_PROTOCOL_TLV_
                        && source instanceof ConnectionFacts connection
                ? connection.toldField(variable.reference().rest())
                : defined(variable.name());
    }

    /** Whether an expression matches; its groups then are {@code $1}…, and the named ones are variables. */
    public boolean matches(NamedPattern pattern, String raw) {
        var matcher = pattern.pattern().matcher(raw);
        try {
            if (!matcher.find()) {
                return false;
            }
        } catch (StackOverflowError tooLong) {
            // An expression with nested repetition on a long text: nginx too takes its library's limit for "no match".
            return false;
        }
        groups = new String[matcher.groupCount() + 1];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = matcher.group(i);
        }
        for (int i = 0; i < pattern.names().size(); i++) {
            var value = groups[pattern.groups().get(i)];
            remember(pattern.names().get(i), value == null ? "" : value);
        }
        return true;
    }

    private void remember(String name, String value) {
        if (values == null) {
            values = new HashMap<>();
        }
        values.put(name, value);
    }

    private @Nullable String group(int number) {
        return number < groups.length ? groups[number] : null;
    }

    private @Nullable String defined(String name) {
        var known = values == null ? null : values.get(name);
        if (known != null) {
            return known;
        }
        var variable = table.variable(name);
        if (variable == null) {
            return table.isGroupName(name) ? null : "";
        }
        if (!underWay.add(name)) {
            return null;
        }
        try {
            var value = variable.value(this);
            if (!variable.isVolatile()) {
                remember(name, value);
            }
            return value;
        } finally {
            underWay.remove(name);
        }
    }
}

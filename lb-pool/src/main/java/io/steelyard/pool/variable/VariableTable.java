package io.steelyard.pool.variable;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.text.VariableSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables a configuration defines, made ready for evaluation. Immutable and safe to share. */
public final class VariableTable {
    private final Map<String, CompiledVariable> variables = new HashMap<>();
    private final Set<String> groupNames = new HashSet<>();

    private VariableTable(List<VariableDefinition> definitions, Languages languages) {
        for (var definition : definitions) {
            var variable = compile(definition, languages);
            variables.put(definition.name(), variable);
            if (variable instanceof CompiledMap map) {
                groupNames.addAll(map.groupNames());
            }
        }
    }

    /** Finds the language of a name. */
    @FunctionalInterface
    public interface Languages {
        Optional<ExpressionLanguage> named(String name);
    }

    /**
     * Prepares definitions.
     *
     * @throws IllegalArgumentException where a regular expression is malformed or a language is not known, with the variable's name
     */
    public static VariableTable of(List<VariableDefinition> definitions, Languages languages) {
        return new VariableTable(definitions, languages);
    }

    /** Prepares definitions of which none is {@linkplain VariableDefinition.Computed computed}. */
    public static VariableTable of(List<VariableDefinition> definitions) {
        return of(definitions, name -> Optional.empty());
    }

    /** Prepares a template, to be evaluated any number of times. */
    public CompiledTemplate compile(Template template) {
        return new CompiledTemplate(template);
    }

    /** Begins to evaluate for one connection, whose built-in variables {@code source} tells. */
    public Evaluation open(VariableSource source) {
        return new Evaluation(this, source);
    }

    @Nullable
    CompiledVariable variable(String name) {
        return variables.get(name);
    }

    /** Whether the name is that of a group of a regular expression, which has no value until that matches. */
    boolean isGroupName(String name) {
        return groupNames.contains(name);
    }

    private static CompiledVariable compile(VariableDefinition definition, Languages languages) {
        try {
            return switch (definition) {
                case VariableDefinition.TextMap map -> new CompiledMap(map);
                case VariableDefinition.Geo geo -> new CompiledGeo(geo);
                case VariableDefinition.Split split -> new CompiledSplit(split);
                case VariableDefinition.Computed computed ->
                    new CompiledExpression(languages
                            .named(computed.language())
                            .orElseThrow(() ->
                                    new IllegalArgumentException("there is no language '" + computed.language() + "'"))
                            .compile(computed.text()));
            };
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("variable '" + definition.name() + "': " + wrong.getMessage(), wrong);
        }
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.text.VariableDefinition;
import java.util.Optional;
import java.util.function.Function;

/** {@link VariableDefinition}: exactly one of the keys says how the variable is made. */
final class VariableSection extends Section<VariableDefinition> {
    private final Key<VariableDefinition, VariableDefinition.TextMap> map =
            kind("map", new TextMapSection(), VariableDefinition.TextMap.class, "Picks a value by text (nginx `map`).");
    private final Key<VariableDefinition, VariableDefinition.Geo> geo =
            kind("geo", new GeoSection(), VariableDefinition.Geo.class, "Picks a value by address (nginx `geo`).");
    private final Key<VariableDefinition, VariableDefinition.Split> split = kind(
            "split",
            new SplitSection(),
            VariableDefinition.Split.class,
            "Picks a value by a share of all keys (nginx `split_clients`).");

    private final Key<VariableDefinition, VariableDefinition.Computed> computed = kind(
            "computed",
            new ComputedSection(),
            VariableDefinition.Computed.class,
            "Works a value out in a language of a plug-in, anew at each use.");

    VariableSection() {
        super("variable");
    }

    private <V extends VariableDefinition> Key<VariableDefinition, V> kind(
            String name, Section<V> section, Class<V> type, String description) {
        Function<VariableDefinition, Optional<V>> getter =
                definition -> Optional.of(definition).filter(type::isInstance).map(type::cast);
        return absent(name, section, getter, "", description);
    }

    @Override
    VariableDefinition make(Values values) {
        var name = values.name();
        var asMap = values.find(map).map(made -> (VariableDefinition) new VariableDefinition.TextMap(
                name, made.source(), made.defaultValue(), made.rules(), made.isVolatile()));
        var asGeo = values.find(geo).map(made -> (VariableDefinition)
                new VariableDefinition.Geo(name, made.address(), made.defaultValue(), made.ranges()));
        var asSplit = values.find(split)
                .map(made -> (VariableDefinition) new VariableDefinition.Split(name, made.key(), made.shares()));
        var asComputed = values.find(computed)
                .map(made -> (VariableDefinition) new VariableDefinition.Computed(name, made.language(), made.text()));
        if (asMap.stream().count()
                        + asGeo.stream().count()
                        + asSplit.stream().count()
                        + asComputed.stream().count()
                != 1) {
            throw new IllegalArgumentException("the variable '" + name
                    + "' is made in no way or in several; expected one of map, geo, split, computed");
        }
        return asMap.or(() -> asGeo).or(() -> asSplit).or(() -> asComputed).orElseThrow();
    }
}

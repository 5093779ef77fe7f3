package io.steelyard.config.yaml;

import io.steelyard.api.Position;
import io.steelyard.config.reading.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A record of the model as a mapping: its keys, each declared once by a field of the subclass, and how to make the record of their values.
 * Reader, writer, JSON schema and the manual's tables all follow from the keys.
 */
abstract class Section<T> implements Form<T> {
    private final String title;
    private final List<Key<T, ?>> keys = new ArrayList<>();

    /** @param title what it describes, such as {@code pool}; unique among all sections */
    Section(String title) {
        this.title = title;
    }

    /**
     * The record.
     *
     * @throws IllegalArgumentException where the values do not go together; the text says why
     */
    abstract T make(Values values);

    /** A key that must be there. */
    final <V> Key<T, V> required(String name, Form<V> form, Function<T, V> getter, String description) {
        return add(new Key<>(name, form, true, "", value -> Optional.of(getter.apply(value)), description));
    }

    /** A key without which {@code fallback} holds. */
    final <V> Key<T, V> optional(String name, Form<V> form, Function<T, V> getter, V fallback, String description) {
        return derived(
                name,
                form,
                getter,
                value -> fallback,
                "`" + YamlEmitter.inline(form.write(fallback)) + "`",
                description);
    }

    /** A key without which something holds that follows from the rest: {@code defaultText} tells what. */
    final <V> Key<T, V> derived(
            String name,
            Form<V> form,
            Function<T, V> getter,
            Function<T, V> fallback,
            String defaultText,
            String description) {
        return absent(
                name,
                form,
                value -> Optional.of(getter.apply(value)).filter(given -> !given.equals(fallback.apply(value))),
                defaultText,
                description);
    }

    /** A key without which there is no such value: {@code defaultText} tells what holds then. */
    final <V> Key<T, V> absent(
            String name, Form<V> form, Function<T, Optional<V>> getter, String defaultText, String description) {
        return add(new Key<>(name, form, false, defaultText, getter, description));
    }

    private <V> Key<T, V> add(Key<T, V> key) {
        keys.add(key);
        return key;
    }

    final String title() {
        return title;
    }

    /** In the order they are written. */
    final List<Key<T, ?>> keys() {
        return keys;
    }

    final Key<T, ?> key(String name) {
        return keys.stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no key " + name));
    }

    @Override
    public final Optional<T> read(Yaml yaml, Reading reading) {
        return read("", yaml, yaml.at(), reading);
    }

    /**
     * Reads the section.
     *
     * @param name the name its parent gives it, or empty
     * @param at where a message about the whole section points
     */
    final Optional<T> read(String name, Yaml yaml, Position at, Reading reading) {
        if (!(yaml instanceof Yaml.Mapping mapping)) {
            return reading.wrong(yaml, "found " + yaml.kind() + " for a " + title, "a mapping with " + article(), "");
        }
        long errorsBefore = reading.errors();
        var values = new Values(name);
        for (var entry : mapping.entries()) {
            if (!reading.enter(entry.value())) {
                return Optional.empty();
            }
            var known = keys.stream()
                    .filter(key -> key.name().equals(entry.key().text()))
                    .findFirst();
            if (known.isPresent()) {
                readKey(known.get(), entry, values, reading);
            } else {
                unknown(entry, reading);
            }
        }
        var place = new Yaml.Scalar("", false, at);
        for (var key : keys) {
            if (key.isRequired()
                    && mapping.entries().stream()
                            .noneMatch(entry -> entry.key().text().equals(key.name()))) {
                reading.wrong(
                        place,
                        "the " + title + (name.isEmpty() ? "" : " '" + name + "'") + " has no '" + key.name() + "'",
                        key.form().shape().name().replace("`", ""),
                        "add " + key.name() + ": …");
            }
        }
        if (reading.errors() > errorsBefore) {
            return Optional.empty();
        }
        try {
            return Optional.of(make(values));
        } catch (IllegalArgumentException wrong) {
            return reading.refused(place, wrong);
        }
    }

    private static <T, V> void readKey(Key<T, V> key, Yaml.Entry entry, Values values, Reading reading) {
        var inner = reading.in(key.name(), entry.key().at());
        if (entry.value() instanceof Yaml.Scalar scalar && scalar.isAbsent()) {
            inner.wrong(
                    entry.key(),
                    "'" + key.name() + "' has no value",
                    key.form().shape().name().replace("`", ""),
                    key.isRequired() ? "" : "leave the key out for its default");
        } else {
            key.form().read(entry.value(), inner).ifPresent(value -> values.put(key, value));
        }
    }

    private void unknown(Yaml.Entry entry, Reading reading) {
        var written = entry.key().text();
        var names = keys.stream().map(Key::name).toList();
        var remedy = written.equals("<<")
                ? "YAML 1.2 has no merge keys: write the keys out"
                : Suggestion.of(written, names)
                        .map(name -> "did you mean '" + name + "'?")
                        .orElse("");
        reading.wrong(
                entry.key(),
                "unknown key '" + written + "' in a " + title,
                "one of " + String.join(", ", names),
                remedy);
    }

    private String article() {
        var names = keys.stream().map(Key::name).toList();
        return (names.size() == 1 ? "the key " : "keys such as ")
                + String.join(", ", names.subList(0, Math.min(3, names.size())));
    }

    @Override
    public final Yaml write(T value) {
        var entries = new ArrayList<Yaml.Entry>();
        for (var key : keys) {
            writeKey(key, value, entries);
        }
        return Yaml.mapping(entries);
    }

    private static <T, V> void writeKey(Key<T, V> key, T value, List<Yaml.Entry> entries) {
        key.written()
                .apply(value)
                .ifPresent(given ->
                        entries.add(Yaml.Entry.of(key.name(), key.form().write(given))));
    }

    @Override
    public Shape shape() {
        return new Shape.Keys(this);
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.Durations;
import io.steelyard.api.Position;
import io.steelyard.config.reading.Suggestion;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The forms that are not sections. */
final class Forms {
    private static final Pattern WHOLE = Pattern.compile("[-+]?\\d{1,19}");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?(\\d{1,15}(\\.\\d{0,25})?|\\.\\d{1,25})([eE][-+]?\\d{1,3})?");

    private static final Pattern BARE = Pattern.compile("true|false|-?\\d{1,15}(\\.\\d{1,9})?");

    private Forms() {}

    /** A scalar that a function understands. */
    private record Parsed<V>(Shape shape, Function<String, V> parse, Function<V, Yaml> format) implements Form<V> {
        @Override
        public Optional<V> read(Yaml yaml, Reading reading) {
            if (!(yaml instanceof Yaml.Scalar scalar) || scalar.isAbsent()) {
                return reading.wrong(yaml, "found " + yaml.kind(), shape.name(), "");
            }
            try {
                return Optional.of(parse.apply(scalar.text()));
            } catch (IllegalArgumentException wrong) {
                return reading.refused(yaml, wrong);
            }
        }

        @Override
        public Yaml write(V value) {
            return format.apply(value);
        }
    }

    /** Text as it stands. */
    static Form<String> text() {
        return parsed("text", text -> text, text -> text);
    }

    /** The name of a file, whose place is known to who finds something wrong with the file. */
    static Form<String> file() {
        var text = text();
        return new Form<>() {
            @Override
            public Optional<String> read(Yaml yaml, Reading reading) {
                var name = text.read(yaml, reading);
                name.ifPresent(file -> reading.placeFile(file, yaml.at()));
                return name;
            }

            @Override
            public Yaml write(String value) {
                return text.write(value);
            }

            @Override
            public Shape shape() {
                return text.shape();
            }
        };
    }

    /** Text of the kind {@code what}, which {@code parse} refuses with an IllegalArgumentException that says why. */
    static <V> Form<V> parsed(String what, Function<String, V> parse, Function<V, String> format) {
        return new Parsed<>(new Shape.Text(what), parse, value -> Yaml.text(format.apply(value)));
    }

    static Form<Integer> whole(int least, int most) {
        var form = whole((long) least, (long) most);
        return new Parsed<>(
                form.shape(), text -> wholeNumber(text, least, most).intValue(), value -> form.write((long) value));
    }

    static Form<Long> whole(long least, long most) {
        return new Parsed<>(
                new Shape.Whole(least, most),
                text -> wholeNumber(text, least, most),
                value -> Yaml.plain(Long.toString(value)));
    }

    static Long wholeNumber(String text, long least, long most) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a whole number; expected " + least + " to " + most);
        }
        var value = new java.math.BigInteger(text);
        if (value.compareTo(java.math.BigInteger.valueOf(least)) < 0
                || value.compareTo(java.math.BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException(text + " is out of range; expected " + least + " to " + most);
        }
        return value.longValueExact();
    }

    static Form<Double> decimal(double least, double most) {
        return new Parsed<>(
                new Shape.Decimal(least, most),
                text -> {
                    if (!DECIMAL.matcher(text).matches()) {
                        throw new IllegalArgumentException(
                                "'" + text + "' is not a number; expected " + least + " to " + most);
                    }
                    double value = Double.parseDouble(text);
                    if (!(value >= least && value <= most)) {
                        throw new IllegalArgumentException(
                                text + " is out of range; expected " + least + " to " + most);
                    }
                    return value;
                },
                value -> Yaml.plain(BigDecimal.valueOf(value).toString()));
    }

    static Form<Boolean> flag() {
        return new Parsed<>(
                new Shape.Flag(),
                text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("'" + text + "' is neither; expected true or false");
                },
                value -> Yaml.plain(value.toString()));
    }

    /** A time of zero or more. */
    static Form<Duration> time() {
        return time(false);
    }

    /** A time of more than zero. */
    static Form<Duration> positiveTime() {
        return time(true);
    }

    private static Form<Duration> time(boolean isPositive) {
        return new Parsed<>(
                new Shape.Time(isPositive),
                text -> {
                    var time = Durations.parse(text);
                    if (isPositive && time.isZero()) {
                        throw new IllegalArgumentException(text + " is no time; expected more than zero");
                    }
                    return time;
                },
                value -> Yaml.plain(Durations.format(value)));
    }

    /** A word of an enumeration, in camel case: {@code FULL_NAT} is {@code fullNat}. */
    static <E extends Enum<E>> Form<E> word(Class<E> type) {
        var words = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            words.put(camelCase(constant.name()), constant);
        }
        return word(words);
    }

    /** One of some words, told in this order. Every value that is written is among them. */
    static <V> Form<V> word(SequencedMap<String, V> words) {
        var names = List.copyOf(words.keySet());
        return new Parsed<>(
                new Shape.Words(names),
                text -> {
                    var value = words.get(text);
                    if (value == null) {
                        throw new IllegalArgumentException("'" + text + "' is unknown"
                                + Suggestion.of(text, names)
                                        .map(name -> " (did you mean '" + name + "'?)")
                                        .orElse("")
                                + "; expected " + String.join(", ", names));
                    }
                    return value;
                },
                value -> words.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(value))
                        .findFirst()
                        .map(entry -> Yaml.plain(entry.getKey()))
                        .orElseThrow(() -> new IllegalArgumentException("no word for " + value)));
    }

    private static String camelCase(String constant) {
        var text = new StringBuilder();
        for (var word : constant.toLowerCase(Locale.ROOT).split("_")) {
            text.append(text.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return text.toString();
    }

    /** A list; a value alone is a list of one. Items are named by their index in paths. */
    static <V> Form<List<V>> list(Form<V> item) {
        return list(item, yaml -> Optional.empty());
    }

    /** A list whose items are named in paths by {@code itemName}, or by their index where that gives nothing. */
    static <V> Form<List<V>> list(Form<V> item, Function<Yaml, Optional<String>> itemName) {
        return new ListForm<>(item, itemName);
    }

    private record ListForm<V>(Form<V> item, Function<Yaml, Optional<String>> itemName) implements Form<List<V>> {
        @Override
        public Optional<List<V>> read(Yaml yaml, Reading reading) {
            var items = yaml instanceof Yaml.Sequence sequence ? sequence.items() : List.of(yaml);
            var values = new ArrayList<V>();
            for (int i = 0; i < items.size(); i++) {
                var one = items.get(i);
                if (!reading.enter(one)) {
                    return Optional.empty();
                }
                var name = itemName.apply(one).orElse(Integer.toString(i));
                item.read(one, reading.in(name, one.at())).ifPresent(values::add);
            }
            return values.size() == items.size() ? Optional.of(values) : Optional.empty();
        }

        @Override
        public Yaml write(List<V> values) {
            return Yaml.list(values.stream().map(item::write).toList());
        }

        @Override
        public Shape shape() {
            return new Shape.Either(List.of(new Shape.ListOf(item.shape()), item.shape()));
        }
    }

    /** Names of the user's choice, each with a text. */
    static Form<Map<String, String>> texts() {
        return new TextsForm();
    }

    private record TextsForm() implements Form<Map<String, String>> {
        @Override
        public Optional<Map<String, String>> read(Yaml yaml, Reading reading) {
            if (!(yaml instanceof Yaml.Mapping mapping)) {
                return reading.wrong(yaml, "found " + yaml.kind(), shape().name(), "");
            }
            var texts = new LinkedHashMap<String, String>();
            for (var entry : mapping.entries()) {
                if (!reading.enter(entry.value())) {
                    return Optional.empty();
                }
                var name = entry.key().text();
                var inner = reading.in(name, entry.key().at());
                Forms.text().read(entry.value(), inner).ifPresent(text -> texts.put(name, text));
            }
            return texts.size() == mapping.entries().size() ? Optional.of(texts) : Optional.empty();
        }

        @Override
        public Yaml write(Map<String, String> texts) {
            return Yaml.mapping(texts.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(entry -> Yaml.Entry.of(entry.getKey(), write(entry.getValue())))
                    .toList());
        }

        /** Numbers, true and false need no quotes here, where every value is read as text. */
        private static Yaml write(String text) {
            return BARE.matcher(text).matches() ? Yaml.plain(text) : Yaml.text(text);
        }

        @Override
        public Shape shape() {
            return new Shape.NamesTo(new Shape.Text("text"));
        }
    }

    /** Names of the user's choice, each with a section; {@code nameOf} finds the name in the value. */
    static <V> Form<List<V>> named(Section<V> section, Function<V, String> nameOf) {
        return new NamedForm<>(section, nameOf);
    }

    private record NamedForm<V>(Section<V> section, Function<V, String> nameOf) implements Form<List<V>> {
        @Override
        public Optional<List<V>> read(Yaml yaml, Reading reading) {
            if (!(yaml instanceof Yaml.Mapping mapping)) {
                return reading.wrong(yaml, "found " + yaml.kind(), shape().name(), "write NAME: and indent its keys");
            }
            var values = new ArrayList<V>();
            for (var entry : mapping.entries()) {
                if (!reading.enter(entry.value())) {
                    return Optional.empty();
                }
                var name = entry.key().text();
                if (name.isEmpty()) {
                    reading.wrong(entry.key(), "the name of a " + section.title() + " is empty", "a name", "");
                } else {
                    Position at = entry.key().at();
                    section.read(name, entry.value(), at, reading.in(name, at)).ifPresent(values::add);
                }
            }
            return values.size() == mapping.entries().size() ? Optional.of(values) : Optional.empty();
        }

        @Override
        public Yaml write(List<V> values) {
            return Yaml.mapping(values.stream()
                    .map(value -> Yaml.Entry.of(nameOf.apply(value), section.write(value)))
                    .toList());
        }

        @Override
        public Shape shape() {
            return new Shape.NamesTo(section.shape());
        }
    }

    /**
     * A section that has a short form: a scalar. It is written so where the section would hold nothing but the key {@code key}.
     */
    static <V> Form<V> shortened(Section<V> section, String key) {
        return new ShortForm<>(section, key);
    }

    private record ShortForm<V>(Section<V> section, String key) implements Form<V> {
        @Override
        public Optional<V> read(Yaml yaml, Reading reading) {
            return yaml instanceof Yaml.Scalar scalar && !scalar.isAbsent()
                    ? section.read(
                            "",
                            new Yaml.Mapping(List.of(Yaml.Entry.of(key, scalar)), scalar.at()),
                            scalar.at(),
                            reading)
                    : section.read(yaml, reading);
        }

        @Override
        public Yaml write(V value) {
            var whole = section.write(value);
            var entries = whole instanceof Yaml.Mapping mapping ? mapping.entries() : List.<Yaml.Entry>of();
            boolean isShort =
                    entries.size() == 1 && entries.getFirst().key().text().equals(key);
            return isShort ? entries.getFirst().value() : whole;
        }

        @Override
        public Shape shape() {
            return new Shape.Either(List.of(section.key(key).form().shape(), section.shape()));
        }
    }
}

package io.steelyard.config.haproxy.expression;

import static io.steelyard.config.haproxy.expression.Sample.Type.ADDR;
import static io.steelyard.config.haproxy.expression.Sample.Type.SINT;
import static io.steelyard.config.haproxy.expression.Sample.Type.STR;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.text.PatternFile;
import io.steelyard.config.haproxy.expression.Sample.Type;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * {@code map(FILE,DEFAULT)} and its kin (HAProxy 2.6, configuration manual, section 7.3.1): the value of the pattern in a file that a sample matches.
 * Names tell how patterns are matched and, behind that, what values are: {@code map_beg}, {@code map_ip_int}. Safe for all threads.
 */
final class MapConverters {
    private static final List<MatchMethod> METHODS = List.of(
            MatchMethod.STR,
            MatchMethod.BEG,
            MatchMethod.SUB,
            MatchMethod.DIR,
            MatchMethod.DOM,
            MatchMethod.END,
            MatchMethod.REG,
            MatchMethod.INT,
            MatchMethod.IP);
    private static final Map<String, Type> VALUES = Map.of("", STR, "_str", STR, "_int", SINT, "_ip", ADDR);

    /** By how they are matched and the file's name: made when an expression that names them is, and found when it is worked out. */
    private static final ConcurrentHashMap<String, PatternIndex> INDICES = new ConcurrentHashMap<>();

    private MapConverters() {}

    /** Tells every converter with its name. */
    static void forEach(BiConsumer<String, Converter> taker) {
        taker.accept("map", converter("map", MatchMethod.STR, STR));
        for (var method : METHODS) {
            VALUES.forEach((suffix, type) -> {
                var name = "map_" + method.word() + suffix;
                taker.accept(name, converter(name, method, type));
            });
        }
    }

    private static Converter converter(String name, MatchMethod method, Type values) {
        var in = switch (method) {
            case INT -> SINT;
            case IP -> ADDR;
            default -> STR;
        };
        return new Converter(
                name,
                Optional.of(in),
                Optional.of(values),
                1,
                2,
                (sample, arguments) -> lookUp(method, values, sample, arguments));
    }

    /** Reads the file of a converter that is one of these; does nothing for others. */
    static void prepare(String converter, List<String> arguments) {
        if (!converter.equals("map") && !converter.startsWith("map_")) {
            return;
        }
        var name = arguments.getFirst();
        try {
            var file = PatternFile.of(name, true, ConditionLanguage::lines);
            var words = converter.split("_");
            var method = words.length == 1
                    ? MatchMethod.STR
                    : MatchMethod.named(words[1]).orElseThrow();
            var values = VALUES.getOrDefault(words.length > 2 ? "_" + words[2] : "", STR);
            // Entries that are no patterns are told each time; what commands add is not looked at so closely.
            INDICES.put(method.word() + " " + name, new PatternIndex(file, method, false, values));
            for (var entry : file.entries()) {
                if (value(entry.value(), values).isEmpty()) {
                    throw new IllegalArgumentException(
                            "'" + entry.value() + "' in file '" + name + "' is no value of '" + converter + "'");
                }
            }
            if (arguments.size() > 1 && value(arguments.get(1), values).isEmpty()) {
                throw new IllegalArgumentException("'" + arguments.get(1) + "' is no default of '" + converter + "'");
            }
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("file '" + name + "' cannot be read", unreadable);
        }
    }

    private static Optional<Sample> lookUp(MatchMethod method, Type values, Sample sample, List<String> arguments) {
        var index = INDICES.get(method.word() + " " + arguments.getFirst());
        var found = index == null ? null : index.find(sample);
        if (found != null) {
            return value(found.value(), values);
        }
        return arguments.size() > 1 ? value(arguments.get(1), values) : Optional.empty();
    }

    private static Optional<Sample> value(String text, Type type) {
        try {
            return switch (type) {
                case SINT -> Optional.of(new Sample.Sint(Long.parseLong(text)));
                case ADDR -> Optional.of(new Sample.Addr(ServerAddress.numericAddress(text)));
                default -> Optional.of(new Sample.Str(text));
            };
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }
}

package io.steelyard.config.haproxy.expression;

import io.steelyard.api.text.PatternFile;
import io.steelyard.api.text.PatternFile.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entry of a file that a sample matches. What is the same, begins alike or lies in a network is looked up, the longest first; other
 * patterns are tried in the order of the file. Safe for all threads.
 */
final class PatternIndex implements PatternFile.Matching {
    private final PatternFile file;
    private final MatchMethod method;
    private final boolean ignoresCase;
    private final String valueType;

    /** Of the entries of one moment; any thread replaces it by that of a later one, and an older one does no harm. */
    private volatile Compiled compiled;

    /** @throws IllegalArgumentException where an entry is no pattern of this kind */
    PatternIndex(PatternFile file, MatchMethod method, boolean ignoresCase, Sample.Type values) {
        valueType = switch (values) {
            case SINT -> "sint";
            case ADDR -> "ipv4";
            default -> "str";
        };
        this.file = file;
        this.method = method;
        this.ignoresCase = ignoresCase;
        compiled = compile(file.entries(), true);
        file.use(this);
    }

    /** The type of sample that is matched. */
    private Sample.Type wanted() {
        return switch (method) {
            case INT -> Sample.Type.SINT;
            case IP -> Sample.Type.ADDR;
            case BIN -> Sample.Type.BIN;
            default -> Sample.Type.STR;
        };
    }

    @Override
    public String type() {
        return method.word();
    }

    @Override
    public boolean ignoresCase() {
        return ignoresCase;
    }

    @Override
    public String valueType() {
        return valueType;
    }

    @Override
    public Optional<Entry> match(String text) {
        return new Sample.Str(text).as(wanted()).map(this::find);
    }

    @Override
    public Optional<String> problem(String pattern) {
        try {
            Pattern.read(pattern, method, "eq", ignoresCase);
            return Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.of("'" + pattern + "' is not "
                    + (method == MatchMethod.IP
                            ? "a valid IPv4 or IPv6 address"
                            : "a valid pattern: " + wrong.getMessage())
                    + ".");
        }
    }

    private record Tried(Pattern pattern, Entry entry) {}

    private record Compiled(List<Entry> of, TreeMap<Integer, Map<String, Entry>> byLength, List<Tried> tried) {}

    /** The entry that matches; null for none. @param sample cast to what the method compares */
    @Nullable
    Entry find(Sample sample) {
        var known = compiled;
        var entries = file.entries();
        if (known.of() != entries) {
            known = compile(entries, false);
            compiled = known;
        }
        if (!known.byLength().isEmpty()) {
            var found = method == MatchMethod.IP ? ofAddress(known, sample) : ofText(known, sample);
            if (found != null) {
                return found;
            }
        }
        for (var each : known.tried()) {
            if (each.pattern().matches(sample)) {
                return each.entry();
            }
        }
        return null;
    }

    private @Nullable Entry ofAddress(Compiled known, Sample sample) {
        if (!(sample instanceof Sample.Addr address)) {
            return null;
        }
        var bytes = address.value().getAddress();
        for (var level : known.byLength().entrySet()) {
            int prefix = level.getKey() % 1_000;
            boolean isFamily = level.getKey() / 1_000 == bytes.length;
            var found = isFamily ? level.getValue().get(masked(bytes, prefix)) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static String masked(byte[] bytes, int prefix) {
        var masked = bytes.clone();
        for (int bit = prefix; bit < masked.length * 8; bit++) {
            masked[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        return new String(masked, StandardCharsets.ISO_8859_1);
    }

    private @Nullable Entry ofText(Compiled known, Sample sample) {
        var text = folded(sample.text());
        if (method == MatchMethod.STR) {
            var all = known.byLength().get(0);
            return all == null ? null : all.get(text);
        }
        for (var level : known.byLength().tailMap(text.length(), true).entrySet()) {
            var found = level.getValue().get(text.substring(0, level.getKey()));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private String folded(String text) {
        return ignoresCase ? text.toLowerCase(java.util.Locale.ROOT) : text;
    }

    /** @param isStrict else what is no pattern is left out */
    private Compiled compile(List<Entry> entries, boolean isStrict) {
        var byLength = new TreeMap<Integer, Map<String, Entry>>(Comparator.reverseOrder());
        var tried = new ArrayList<Tried>();
        for (var entry : entries) {
            try {
                var pattern = Pattern.read(entry.key(), method, "eq", ignoresCase);
                if (pattern instanceof Pattern.Network network) {
                    var bytes = network.network().network().getAddress();
                    put(
                            byLength,
                            bytes.length * 1_000 + network.network().prefix(),
                            masked(bytes, network.network().prefix()),
                            entry);
                } else if (pattern instanceof Pattern.Text text
                        && (method == MatchMethod.STR || method == MatchMethod.BEG)) {
                    put(byLength, method == MatchMethod.STR ? 0 : text.text().length(), text.text(), entry);
                } else {
                    tried.add(new Tried(pattern, entry));
                }
            } catch (IllegalArgumentException wrong) {
                if (isStrict) {
                    throw new IllegalArgumentException(
                            "'" + entry.key() + "' in file '" + file.name() + "' cannot be matched by " + method.word()
                                    + ": " + wrong.getMessage(),
                            wrong);
                }
            }
        }
        return new Compiled(entries, byLength, List.copyOf(tried));
    }

    private static void put(Map<Integer, Map<String, Entry>> byLength, int length, String key, Entry entry) {
        byLength.computeIfAbsent(length, ignored -> new HashMap<>()).putIfAbsent(key, entry);
    }
}

package io.steelyard.api.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * A file of patterns, or of a map from patterns to values, as rules look it up and commands change it while it is used (HAProxy's {@code acl -f} and
 * {@code map}). All that name a file share it, in the whole process. What commands change is not written to the file, and is forgotten when a
 * configuration is read again. Safe for all threads.
 */
public final class PatternFile {
    /**
     * A line of it.
     *
     * @param id unique in the process
     * @param value empty where it is no map
     */
    public record Entry(long id, String key, String value) {}

    /** Reads the lines of a file. */
    @FunctionalInterface
    public interface Lines {
        List<String> read(String name) throws IOException;
    }

    /** A way in which rules match its patterns. Safe for all threads. */
    public interface Matching {
        /** Such as {@code str} or {@code ip}. */
        String type();

        boolean ignoresCase();

        /** What values are taken for: {@code str}, {@code sint} or {@code ipv4}. */
        String valueType();

        /** The entry that a text matches; empty for none, and where it is nothing that can be matched so. */
        Optional<Entry> match(String text);

        /** What is wrong with a pattern; empty for nothing. */
        Optional<String> problem(String pattern);
    }

    private static final ConcurrentMap<String, PatternFile> ALL = new ConcurrentHashMap<>();
    private static final AtomicInteger FILE_IDS = new AtomicInteger();
    private static final AtomicLong ENTRY_IDS = new AtomicLong(1);

    private final int id = FILE_IDS.getAndIncrement();
    private final String name;
    private final boolean isMap;

    /** Written under the lock of this, as is {@link #isStale}; readers take one list and keep to it. */
    private volatile List<Entry> entries = List.of();

    private boolean isStale = true;

    /** By type and whether case counts; the one made last. */
    private final ConcurrentMap<String, Matching> matchings = new ConcurrentSkipListMap<>();

    private PatternFile(String name, boolean isMap) {
        this.name = name;
        this.isMap = isMap;
    }

    /**
     * The file of a name, read where it was not, or not since {@link #rereadAll}. Empty lines and those that begin with {@code #} count for
     * nothing; of a map, the first word is the pattern and the rest its value.
     *
     * @throws IOException where it cannot be read
     */
    public static PatternFile of(String name, boolean isMap, Lines lines) throws IOException {
        var file = ALL.computeIfAbsent((isMap ? "map " : "acl ") + name, ignored -> new PatternFile(name, isMap));
        file.readIfStale(lines);
        return file;
    }

    /** Lets every file be read anew when it is named next: a configuration is read. */
    public static void rereadAll() {
        ALL.values().forEach(PatternFile::outdate);
    }

    /** The files of one kind that were read, in the order they were named first. */
    public static List<PatternFile> all(boolean isMap) {
        return ALL.values().stream()
                .filter(file -> file.isMap == isMap)
                .sorted((one, other) -> Integer.compare(one.id, other.id))
                .toList();
    }

    private synchronized void outdate() {
        isStale = true;
    }

    private synchronized void readIfStale(Lines lines) throws IOException {
        if (!isStale) {
            return;
        }
        var read = new ArrayList<Entry>();
        for (var line : lines.read(name)) {
            var text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            var words = isMap ? text.split("[ \t]+", 2) : new String[] {text};
            read.add(entry(words[0], words.length > 1 ? words[1] : ""));
        }
        entries = List.copyOf(read);
        isStale = false;
    }

    private static Entry entry(String key, String value) {
        return new Entry(ENTRY_IDS.getAndIncrement(), key, value);
    }

    /** Its number in the process, from 0. */
    public int id() {
        return id;
    }

    /** As the configuration names it. */
    public String name() {
        return name;
    }

    /** The entries at this moment; another list once it has changed. */
    public List<Entry> entries() {
        return entries;
    }

    /** Rules match it in this way, in the place of one alike. */
    public void use(Matching matching) {
        matchings.put(matching.type() + matching.ignoresCase(), matching);
    }

    /** The ways in which rules match it. */
    public List<Matching> matchings() {
        return List.copyOf(matchings.values());
    }

    /** Adds an entry at the end, though there may be others of its pattern. */
    public synchronized void add(String key, String value) {
        Objects.requireNonNull(value, "value");
        var changed = new ArrayList<>(entries);
        changed.add(entry(key, value));
        entries = List.copyOf(changed);
    }

    /** Gives entries another value. @return whether there were any */
    public synchronized boolean set(Predicate<Entry> which, String value) {
        boolean isAny = entries.stream().anyMatch(which);
        entries = entries.stream()
                .map(entry -> which.test(entry) ? new Entry(entry.id(), entry.key(), value) : entry)
                .toList();
        return isAny;
    }

    /** Takes entries away. @return whether there were any */
    public synchronized boolean delete(Predicate<Entry> which) {
        int before = entries.size();
        entries = entries.stream().filter(which.negate()).toList();
        return entries.size() < before;
    }

    /** Takes all entries away. */
    public synchronized void clear() {
        entries = List.of();
    }
}

package io.steelyard.api.tls;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What is read in place of a file of certificates or keys, in the whole process: a certificate that an operator handed over while the balancer
 * runs (HAProxy's {@code set ssl cert}). It holds from when a configuration is next applied, and until it is forgotten. Safe for all threads.
 */
public final class SubstituteFile {
    private static final ConcurrentMap<String, byte[]> CONTENTS = new ConcurrentHashMap<>();

    private SubstituteFile() {}

    /** Reads this from now on in place of the file; nothing for the file itself. @return what was read in its place before */
    public static Optional<byte[]> put(String name, Optional<byte[]> content) {
        Objects.requireNonNull(name, "name");
        return Optional.ofNullable(content.isPresent() ? CONTENTS.put(name, content.get()) : CONTENTS.remove(name));
    }

    /** What is to be read in place of the file; nothing for the file itself. Not to be changed. */
    public static Optional<byte[]> of(String name) {
        return Optional.ofNullable(CONTENTS.get(name));
    }

    /** Reads every file itself again. @return what was read in their place, for {@link #restore} */
    public static Map<String, byte[]> forgetAll() {
        var before = Map.copyOf(CONTENTS);
        CONTENTS.keySet().removeAll(before.keySet());
        return before;
    }

    /** Undoes {@link #forgetAll}. */
    public static void restore(Map<String, byte[]> before) {
        CONTENTS.putAll(before);
    }
}

package io.steelyard.http.proxy;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What rules noted for later ones: for a request, for its connection ({@code sess.}), for the whole process ({@code proc.}). Owned by the
 * connection's loop, but for the notes of the process, which all loops read and write.
 */
final class Notes {
    private static final Map<String, String> OF_PROCESS = new ConcurrentHashMap<>();
    private static final int MOST_OF_PROCESS = 10_000;

    private final Map<String, String> ofConnection;
    private @Nullable Map<String, String> ofRequest;

    Notes(Map<String, String> ofConnection) {
        this.ofConnection = ofConnection;
    }

    @Nullable
    String get(String name) {
        if (name.startsWith("sess.")) {
            return ofConnection.get(name);
        }
        if (name.startsWith("proc.")) {
            return OF_PROCESS.get(name);
        }
        return ofRequest == null ? null : ofRequest.get(name);
    }

    void put(String name, @Nullable String value) {
        var notes = map(name);
        if (value == null) {
            notes.remove(name);
        } else if (notes != OF_PROCESS || notes.size() < MOST_OF_PROCESS || notes.containsKey(name)) {
            notes.put(name, value);
        }
    }

    private Map<String, String> map(String name) {
        if (name.startsWith("sess.")) {
            return ofConnection;
        }
        if (name.startsWith("proc.")) {
            return OF_PROCESS;
        }
        if (ofRequest == null) {
            ofRequest = new HashMap<>();
        }
        return ofRequest;
    }
}

package io.steelyard.vrrp.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who runs a script: a user of this machine, and a group. Immutable; safe for all threads.
 *
 * @param name as it was given, {@code user} or {@code user:group}; empty for whoever runs this process
 * @param userNumber the user's
 * @param groupNumber the given group's, or else the user's primary one
 */
record ScriptUser(String name, int userNumber, int groupNumber) {
    /** Runs scripts where nobody else is named and such a user exists (keepalived {@code script_user}). */
    static final String DEFAULT = "keepalived_script";

    private static final Logger LOG = LoggerFactory.getLogger(ScriptUser.class);
    private static final int LIMIT_S = 10;
    private static final int MOST_BYTES = 4_096;

    /** Those found so far; users are few and keep their numbers. Any thread puts, the same value for the same key. */
    private static final Map<String, ScriptUser> FOUND = new ConcurrentHashMap<>();

    /**
     * Finds a user. May ask another program, and so wait for it.
     *
     * @param given {@code user} or {@code user:group}; empty for {@value #DEFAULT} where it exists and this process is root's, and else for whoever runs
     *     this process
     * @throws IOException with what does not exist
     */
    static ScriptUser of(String given) throws IOException {
        var known = FOUND.get(given);
        if (known == null) {
            known = given.isEmpty() ? byDefault() : find(given);
            FOUND.put(given, known);
        }
        return known;
    }

    private static ScriptUser find(String given) throws IOException {
        var parts = given.split(":", 2);
        int user = number(parts[0], "user", "id", "-u", "--", parts[0]);
        int group = parts.length == 1 ? number(parts[0], "user", "id", "-g", "--", parts[0]) : group(parts[1]);
        return new ScriptUser(given, user, group);
    }

    private static int group(String name) throws IOException {
        var line = output("getent", "group", name).orElse("").split(":", -1);
        try {
            return Integer.parseInt(line.length > 2 ? line[2] : "");
        } catch (NumberFormatException none) {
            throw new IOException("group " + name + " does not exist", none);
        }
    }

    private static int number(String name, String what, String... words) throws IOException {
        try {
            return Integer.parseInt(output(words).orElse(""));
        } catch (NumberFormatException none) {
            throw new IOException(what + " " + name + " does not exist", none);
        }
    }

    private static ScriptUser byDefault() throws IOException {
        var self = thisProcess();
        if (!self.isRoot()) {
            return self;
        }
        if (output("id", "-u", "--", DEFAULT).isPresent()) {
            return find(DEFAULT);
        }
        LOG.warn(
                "default user '{}' for script execution does not exist: scripts run as root; create it, or set the script user",
                DEFAULT);
        return self;
    }

    private static ScriptUser thisProcess() throws IOException {
        var self = Path.of("/proc/self");
        return new ScriptUser(
                "", (Integer) Files.getAttribute(self, "unix:uid"), (Integer) Files.getAttribute(self, "unix:gid"));
    }

    /** What a program prints; empty where it fails. */
    private static Optional<String> output(String... words) throws IOException {
        var process = new ProcessBuilder(words)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = process.getInputStream()) {
            var text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                throw new IOException(words[0] + " does not end");
            }
            return process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking for " + String.join(" ", words), interrupted);
        } finally {
            process.destroy();
        }
    }

    boolean isRoot() {
        return userNumber == 0;
    }

    /** What stands before a command, so that this user runs it with the groups it belongs to; nothing where this process is the user's already. */
    List<String> before() throws IOException {
        if (name.isEmpty()) {
            return List.of();
        }
        var self = thisProcess();
        if (self.userNumber == userNumber && self.groupNumber == groupNumber) {
            return List.of();
        }
        return List.of("setpriv", "--reuid=" + userNumber, "--regid=" + groupNumber, "--init-groups", "--");
    }
}

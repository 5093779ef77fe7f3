package io.steelyard.config.haproxy;

import io.steelyard.api.Settings;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** What {@code global} says that matters to proxies. One use. */
final class GlobalReader {
    private static final int MOST_LOOPS = 1_024;
    private static final int LEAST_BUFFER_BYTES = 1_024;
    private static final int MOST_BUFFER_BYTES = 16 << 20;

    private final Findings findings;
    private final TlsDefaults tls = new TlsDefaults();
    private final UnixBind unixBind = new UnixBind();
    private int loops;
    private int maxConnections;
    private Duration drainTimeout = Settings.defaults().drainTimeout();
    private double jitter;
    private int bufferBytes = 16_384;
    private boolean splice = true;
    private boolean allowsExternalChecks;
    private boolean wantsForks;
    private boolean hasStatsSocket;
    private String node = "";

    GlobalReader(Findings findings) {
        this.findings = findings;
    }

    /** Notes that commands are taken, which is left to the program and counts as a proxy of its own in HAProxy. */
    void noteStatsSocket() {
        hasStatsSocket = true;
    }

    /** Takes a section in; later ones add to earlier ones. */
    void read(List<Statement> statements) {
        for (var statement : statements) {
            switch (statement.keyword().name()) {
                case "nbthread" -> loops = value(statement, loops, text -> Values.number(text, 1, MOST_LOOPS));
                case "maxconn" ->
                    maxConnections =
                            value(statement, maxConnections, text -> Values.number(text, 0, Integer.MAX_VALUE));
                case "hard-stop-after" -> drainTimeout = value(statement, drainTimeout, Values::time);
                case "spread-checks" -> jitter = value(statement, jitter, text -> Values.number(text, 0, 50) / 100.0);
                case "tune.bufsize" ->
                    bufferBytes = value(
                            statement,
                            bufferBytes,
                            text -> Math.clamp(
                                    Values.number(text, 1, Integer.MAX_VALUE), LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES));
                case "nosplice" -> splice = false;
                case "external-check" -> allowsExternalChecks = true;
                case "insecure-fork-wanted" -> wantsForks = true;
                case "node" ->
                    node = statement.arguments().isEmpty()
                            ? ""
                            : statement.argument(0).text();
                case "unix-bind" -> unixBind.take(statement, findings);
                default -> takeTls(statement);
            }
        }
    }

    private void takeTls(Statement statement) {
        try {
            tls.take(statement, findings);
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    statement.position(),
                    "'" + statement.keyword().name() + "' is '" + statement.argument(0) + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
        }
    }

    /** What it says of TLS. */
    TlsDefaults tls() {
        return tls;
    }

    /** What it says of the files of UNIX sockets. */
    UnixBind unixBind() {
        return unixBind;
    }

    private <T> T value(Statement statement, T otherwise, Function<String, T> read) {
        var word = statement.argument(0);
        try {
            return read.apply(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "'" + statement.keyword().name() + "' is '" + word + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
            return otherwise;
        }
    }

    Settings settings() {
        return new Settings(loops, drainTimeout, maxConnections);
    }

    /** The share of {@code spread-checks}. */
    double jitter() {
        return jitter;
    }

    int bufferBytes() {
        return bufferBytes;
    }

    /** Whether checks may run programs. */
    boolean allowsExternalChecks() {
        return allowsExternalChecks;
    }

    /** Whether processes may begin. */
    boolean wantsForks() {
        return wantsForks;
    }

    /** Whether commands are taken. */
    boolean hasStatsSocket() {
        return hasStatsSocket;
    }

    /** What servers are told of us; empty for the machine's name. */
    String node() {
        return node;
    }

    boolean splice() {
        return splice;
    }
}

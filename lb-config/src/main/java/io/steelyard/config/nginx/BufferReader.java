package io.steelyard.config.nginx;

import io.steelyard.api.http.HttpProxy;
import java.util.Locale;
import java.util.Set;

/** How much is kept of a server's answer, and who says so (nginx {@code proxy_buffers} and what belongs to it). */
final class BufferReader {
    private static final int DEFAULT_BYTES = 8 * 8 << 10;
    private static final long DEFAULT_FILE_BYTES = 1L << 30;

    private static final Set<String> IGNORABLE = Set.of(
            "x-accel-redirect",
            "x-accel-expires",
            "x-accel-limit-rate",
            "x-accel-buffering",
            "x-accel-charset",
            "expires",
            "cache-control",
            "set-cookie",
            "vary");

    private final Findings findings;

    BufferReader(Findings findings) {
        this.findings = findings;
    }

    /** In memory. */
    int memoryBytes(HttpScope scope) {
        var directive = scope.nearest("proxy_buffers");
        if (directive.isEmpty()) {
            return DEFAULT_BYTES;
        }
        var count = directive.get().argument(0);
        var size = directive.get().argument(1);
        try {
            long bytes = Math.multiplyExact((long) Values.positiveNumber(count.text()), Values.size(size.text()));
            if (bytes > HttpProxy.MOST_BUFFER_BYTES) {
                findings.warning(
                        count.position(),
                        "of an answer 16m are kept in memory at most, and the rest waits in a file",
                        "write less than 16m in all");
            }
            if (bytes > 0) {
                return (int) Math.min(bytes, HttpProxy.MOST_BUFFER_BYTES);
            }
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            findings.badArgument(directive.get(), count, "a number and a size, such as 8 8k");
            return DEFAULT_BYTES;
        }
        findings.badArgument(directive.get(), size, "a size above 0");
        return DEFAULT_BYTES;
    }

    /** In a file. */
    long fileBytes(HttpScope scope) {
        return scope.nearest("proxy_max_temp_file_size", Values::size).orElse(DEFAULT_FILE_BYTES);
    }

    /** Whether {@code X-Accel-Buffering} is looked at. */
    boolean areChosenByServer(HttpScope scope) {
        var ignored = scope.nearest("proxy_ignore_headers");
        if (ignored.isEmpty()) {
            return true;
        }
        boolean isLookedAt = true;
        for (var word : ignored.get().arguments()) {
            var name = word.text().toLowerCase(Locale.ROOT);
            if (!IGNORABLE.contains(name)) {
                findings.badArgument(ignored.get(), word, "X-Accel-Buffering or another field that nginx acts on");
            }
            isLookedAt &= !name.equals("x-accel-buffering");
        }
        return isLookedAt;
    }
}

package io.steelyard.http.route;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.PathMatch;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a route's files are, made ready. Immutable, safe for all threads. */
public final class FilePlan {
    private final Content.Files configured;
    private final PathMatch match;
    private final CompiledTemplate folder;
    private final List<CompiledTemplate> index;
    private final List<Try> tries;
    private final @Nullable CompiledTemplate otherwise;

    /**
     * What is looked for in the place of a path.
     *
     * @param isFolder whether it must be a folder, and is meant without the slash at its end
     */
    public record Try(CompiledTemplate text, boolean isFolder) {}

    FilePlan(Content.Files configured, PathMatch match, VariableTable variables) {
        this.configured = configured;
        this.match = match;
        folder = variables.compile(configured.folder());
        index = configured.index().stream().map(variables::compile).toList();
        tries = configured.tries().stream()
                .map(tried -> new Try(variables.compile(tried), tried.toString().endsWith("/")))
                .toList();
        otherwise = configured.otherwise().map(variables::compile).orElse(null);
    }

    /** What stands for a folder. */
    public List<CompiledTemplate> index() {
        return index;
    }

    /** What is looked for; empty for the path alone. */
    public List<Try> tries() {
        return tries;
    }

    /** What is done where there is none of {@link #tries}; null where there are none. */
    public @Nullable CompiledTemplate otherwise() {
        return otherwise;
    }

    /** Whether files have a tag. */
    public boolean isTagged() {
        return configured.isTagged();
    }

    /** Whether a file counts as not modified since a time; both in seconds since 1970. */
    public boolean isUnmodified(long sinceSeconds, long modifiedSeconds) {
        return switch (configured.modifiedSince()) {
            case EXACT -> sinceSeconds == modifiedSeconds;
            case BEFORE -> sinceSeconds >= modifiedSeconds;
            case IGNORED -> false;
        };
    }

    /** The media type of a path's last part; null for the route's default. */
    public @Nullable String type(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 || dot < path.lastIndexOf('/')
                ? null
                : configured.types().get(path.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /**
     * The file of a path.
     *
     * @param path decoded, each character one byte of UTF-8
     * @return null where there can be none: it leads above its root by {@code ..}, or is no name that the system takes
     */
    public @Nullable Path file(String path, Evaluation evaluation) {
        var rest = path;
        if (configured.replacesMatch()) {
            rest = switch (match) {
                case PathMatch.Prefix prefix -> without(prefix.path(), path);
                case PathMatch.Exact exact -> without(exact.path(), path);
                case PathMatch.Expression expression -> path.endsWith("/") ? "/" : "";
                case PathMatch.Named named -> path;
            };
        }
        if (("/" + rest + "/").contains("/../")) {
            return null;
        }
        var bytes = (evaluation.raw(folder) + rest).getBytes(StandardCharsets.ISO_8859_1);
        try {
            return Path.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (InvalidPathException none) {
            return null;
        }
    }

    private static String without(String matched, String path) {
        return path.startsWith(matched) ? path.substring(matched.length()) : path;
    }
}

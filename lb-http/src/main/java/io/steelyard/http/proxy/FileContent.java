package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.FileConditions;
import io.steelyard.http.message.Method;
import io.steelyard.http.route.FilePlan;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.pool.variable.CompiledTemplate;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds and answers with a file ({@link io.steelyard.api.http.Content.Files}). Looking a name up and opening it are done on the loop: they are
 * calls that the kernel answers from its caches, for the small pages that this is for. Without state.
 */
final class FileContent {
    private FileContent() {}

    /** @param server who answers in the place of what was found; null where the file does */
    static void serve(Exchange exchange, FilePlan plan, @Nullable ProxyPlan server) {
        if (plan.tries().isEmpty()) {
            servePath(exchange, plan);
            return;
        }
        for (var tried : plan.tries()) {
            var text = exchange.evaluation().raw(tried.text());
            var path = tried.isFolder() ? text.substring(0, text.length() - 1) : text;
            var found = found(exchange, plan, path);
            if (found.isThere() && found.isFolder() == tried.isFolder()) {
                exchange.facts().target(path, exchange.facts().query());
                if (server == null) {
                    servePath(exchange, plan);
                } else {
                    exchange.forward(server);
                }
                return;
            }
        }
        otherwise(exchange, plan.otherwise());
    }

    private static void otherwise(Exchange exchange, @Nullable CompiledTemplate template) {
        var text = template == null ? "=404" : exchange.evaluation().raw(template);
        if (text.matches("=[1-5]\\d\\d")) {
            OwnReply.text(exchange, Integer.parseInt(text.substring(1)), "text/html", "");
        } else if (text.startsWith("@")) {
            exchange.go(text);
        } else {
            int mark = text.indexOf('?');
            exchange.search(mark < 0 ? text : text.substring(0, mark), mark < 0 ? "" : text.substring(mark + 1));
        }
    }

    private static void servePath(Exchange exchange, FilePlan plan) {
        var path = exchange.facts().path();
        var method = exchange.method();
        if (method != Method.GET && method != Method.HEAD && method != Method.POST) {
            exchange.replyError(405);
        } else if (path.endsWith("/")) {
            serveFolder(exchange, plan, path);
        } else {
            serveFile(exchange, plan, path);
        }
    }

    private static void serveFolder(Exchange exchange, FilePlan plan, String path) {
        var folder = found(exchange, plan, path);
        for (var template : plan.index()) {
            var name = exchange.evaluation().raw(template);
            boolean isElsewhere = name.startsWith("/");
            if (isElsewhere || found(exchange, plan, path + name).isThere()) {
                exchange.search(
                        isElsewhere ? name : path + name, exchange.facts().query());
                return;
            }
            if (!folder.isThere()) {
                break;
            }
        }
        exchange.replyError(folder.isThere() ? 403 : folder.status());
    }

    private static void serveFile(Exchange exchange, FilePlan plan, String path) {
        var file = plan.file(path, exchange.evaluation());
        var found = found(exchange, plan, path);
        if (file == null || !found.isThere()) {
            exchange.replyError(found.status());
        } else if (found.isFolder()) {
            var query = exchange.facts().query();
            OwnReply.redirect(exchange, 301, encoded(path) + "/" + (query.isEmpty() ? "" : "?" + query));
        } else if (exchange.method() == Method.POST) {
            exchange.replyError(405);
        } else if (!found.isFile()) {
            exchange.replyError(404);
        } else {
            open(exchange, plan, path, file, found);
        }
    }

    private static void open(Exchange exchange, FilePlan plan, String path, Path file, Found found) {
        FileChannel channel;
        long bytes;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            bytes = channel.size();
        } catch (AccessDeniedException denied) {
            exchange.replyError(403);
            return;
        } catch (IOException gone) {
            exchange.replyError(404);
            return;
        }
        var fields = exchange.answer().fields();
        fields.clear();
        long modified = found.modifiedSeconds();
        int shown = exchange.routing().shownStatus(200);
        var part = shown == 200
                ? FileConditions.wanted(
                        exchange.request().fields(),
                        modified,
                        bytes,
                        plan.isTagged(),
                        since -> plan.isUnmodified(since, modified))
                : new FileConditions.Part(shown, 0, bytes);
        var answer = new FileAnswer(exchange, channel, part.from(), part.bytes());
        if (part.status() == 412 || part.status() == 416) {
            answer.close();
            refuse(exchange, part.status(), bytes);
            return;
        }
        var type = plan.type(path);
        if (part.status() != 304) {
            fields.add(
                    FieldName.CONTENT_TYPE,
                    type == null ? exchange.routing().route().configured().defaultType() : type);
        }
        boolean isItself = part.status() == 200 || part.status() == 206 || part.status() == 304;
        if (isItself) {
            fields.add(FieldName.LAST_MODIFIED, FileConditions.date(modified));
        }
        if (plan.isTagged()) {
            fields.add(FieldName.ETAG, FileConditions.tag(modified, bytes));
        }
        if (part.status() == 200) {
            fields.add(FieldName.ACCEPT_RANGES, "bytes");
        } else if (part.status() == 206) {
            fields.add(
                    FieldName.CONTENT_RANGE,
                    "bytes " + part.from() + "-" + (part.from() + part.bytes() - 1) + "/" + bytes);
        }
        exchange.sendFile(answer, part.status(), part.status() == 304 ? -1 : part.bytes());
    }

    private static void refuse(Exchange exchange, int status, long bytes) {
        if (status == 416) {
            exchange.answer().fields().add(FieldName.CONTENT_RANGE, "bytes */" + bytes);
            OwnReply.status(exchange, 416);
        } else {
            exchange.replyError(status);
        }
    }

    /** A path as {@code Location} has it: what is no plain character of a path is encoded. */
    private static String encoded(String path) {
        var text = new StringBuilder();
        for (char c : path.toCharArray()) {
            boolean isPlain = c > ' ' && c < 0x7F && "\"#%<>?\\^`{|}".indexOf(c) < 0;
            text.append(isPlain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return text.toString();
    }

    /**
     * What is there under a name.
     *
     * @param status 0 where something is, else 404, 403 or 500
     */
    private record Found(int status, boolean isFile, boolean isFolder, long modifiedSeconds) {
        boolean isThere() {
            return status == 0;
        }
    }

    private static Found found(Exchange exchange, FilePlan plan, String path) {
        var found = attributes(plan.file(path, exchange.evaluation()));
        return path.endsWith("/") && found.isThere() && !found.isFolder() ? new Found(404, false, false, 0) : found;
    }

    private static Found attributes(@Nullable Path file) {
        if (file == null) {
            return new Found(404, false, false, 0);
        }
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Found(
                    0,
                    attributes.isRegularFile(),
                    attributes.isDirectory(),
                    attributes.lastModifiedTime().to(TimeUnit.SECONDS));
        } catch (AccessDeniedException denied) {
            return new Found(403, false, false, 0);
        } catch (FileSystemException absent) {
            // None of that name, or a part of the path is no folder, or the name is too long.
            return new Found(404, false, false, 0);
        } catch (IOException failed) {
            return new Found(500, false, false, 0);
        }
    }
}

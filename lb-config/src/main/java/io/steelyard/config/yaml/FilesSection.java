package io.steelyard.config.yaml;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Map;

/** {@link Content.Files}. */
final class FilesSection extends Section<Content.Files> {
    private static final List<Template> INDEX = Content.Files.of("").index();

    private final Key<Content.Files, Template> folder = required(
            "folder",
            TemplateForm.template(),
            Content.Files::folder,
            "Where they are, such as `/srv/www`; the path of the request follows.");
    private final Key<Content.Files, Boolean> replacesMatch = optional(
            "replacesMatch",
            Forms.flag(),
            Content.Files::replacesMatch,
            false,
            "Whether the folder stands for what the route matched of the path (nginx's `alias`); for an expression it is the whole path.");
    private final Key<Content.Files, List<Template>> index = optional(
            "index",
            Forms.list(TemplateForm.template()),
            Content.Files::index,
            INDEX,
            "Files that stand for a folder, the first there is; what begins with a slash is a path that is searched for instead.");
    private final Key<Content.Files, List<Template>> tries = optional(
            "tries",
            Forms.list(TemplateForm.template()),
            Content.Files::tries,
            List.of(),
            "What is looked for in the place of the path, in this order; with a slash at its end it must be a folder.");
    private final Key<Content.Files, Template> otherwise = absent(
            "otherwise",
            TemplateForm.template(),
            Content.Files::otherwise,
            "none; needed with `tries`",
            "What is done where there is none of `tries`: `=404` or another status, `@name` of a route, or a path that is searched for.");
    private final Key<Content.Files, HttpProxy> server = absent(
            "server",
            Forms.shortened(new HttpProxySection(), "server"),
            Content.Files::server,
            "the file answers",
            "Who is asked for what was found of `tries`, instead of the file itself (nginx's `proxy_pass` beside `try_files`). A text alone names the pool or server.");
    private final Key<Content.Files, Map<String, String>> types = optional(
            "types",
            Forms.texts(),
            Content.Files::types,
            Content.Files.DEFAULT_TYPES,
            "Media types by the end of the name; others are of the route's `defaultType`.");

    private final Key<Content.Files, Boolean> isTagged = optional(
            "isTagged", Forms.flag(), Content.Files::isTagged, true, "Whether files have `ETag` (nginx's `etag`).");
    private final Key<Content.Files, Content.Files.ModifiedSince> modifiedSince = optional(
            "modifiedSince",
            Forms.word(Content.Files.ModifiedSince.class),
            Content.Files::modifiedSince,
            Content.Files.ModifiedSince.EXACT,
            "Which time in `If-Modified-Since` says that a file is known: its very time, that or a later one, or none (nginx's `if_modified_since`).");

    FilesSection() {
        super("files");
    }

    @Override
    Content.Files make(Values values) {
        return new Content.Files(
                values.get(folder),
                values.or(replacesMatch, false),
                values.or(index, INDEX),
                values.or(tries, List.of()),
                values.find(otherwise),
                values.find(server),
                values.or(types, Content.Files.DEFAULT_TYPES),
                values.or(isTagged, true),
                values.or(modifiedSince, Content.Files.ModifiedSince.EXACT));
    }
}

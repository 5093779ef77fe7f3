package io.steelyard.config.nginx;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code root}, {@code alias}, {@code index}, {@code types} and {@code try_files}. */
final class FilesReader {
    private static final String LAST = "@name, =status or a path as its last argument";

    private final Findings findings;
    private final VariableScope variables;

    FilesReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /**
     * The files of a block; empty where it names no folder, and neither does one around it.
     *
     * @param server who answers in the place of what {@code try_files} finds
     */
    Optional<Content.Files> read(HttpScope scope, LocationPath path, Optional<HttpProxy> server) {
        var alias = scope.level().first("alias");
        var root = scope.level().first("root");
        if (alias.isPresent() && root.isPresent()) {
            findings.error(
                    alias.get().position(), "'root' and 'alias' stand in one block", "one of them", "remove one");
        }
        if (alias.isPresent() && path.isNamed()) {
            findings.error(alias.get().position(), "'alias' cannot stand in a named location", "'root'", "");
        }
        var tried = scope.level().first("try_files");
        var otherwise = tried.flatMap(directive -> variables.template(directive.lastWord()));
        var tries = tried.map(this::tries).orElse(List.of());
        boolean isGood = tries.isEmpty() != otherwise.isPresent();
        var folderAt = alias.or(() -> scope.nearest("root"));
        folderAt.flatMap(known -> tried).ifPresent(this::check);
        return folderAt.map(directive -> directive.argument(0))
                .flatMap(variables::template)
                .map(folder -> new Content.Files(
                        folder,
                        alias.isPresent(),
                        index(scope),
                        isGood ? tries : List.of(),
                        isGood ? otherwise : Optional.empty(),
                        isGood && tried.isPresent() ? server : Optional.empty(),
                        types(scope),
                        scope.nearest("etag", Values::flag).orElse(true),
                        modifiedSince(scope)));
    }

    private static Content.Files.ModifiedSince modifiedSince(HttpScope scope) {
        return switch (scope.nearestWord("if_modified_since").map(Word::text).orElse("exact")) {
            case "before" -> Content.Files.ModifiedSince.BEFORE;
            case "off" -> Content.Files.ModifiedSince.IGNORED;
            default -> Content.Files.ModifiedSince.EXACT;
        };
    }

    private List<Template> index(HttpScope scope) {
        var names = new ArrayList<Template>();
        scope.nearestAll("index")
                .forEach(directive -> directive
                        .arguments()
                        .forEach(word -> variables.template(word).ifPresent(names::add)));
        return names.isEmpty() ? Content.Files.of("").index() : names;
    }

    private void check(Directive directive) {
        var last = directive.lastWord().text();
        if (last.startsWith("=") && !last.matches("=[1-5]\\d\\d")) {
            findings.badArgument(directive, directive.lastWord(), LAST);
        }
    }

    private List<Template> tries(Directive directive) {
        var words = directive.arguments();
        return words.subList(0, words.size() - 1).stream()
                .flatMap(word -> variables.template(word).stream())
                .toList();
    }

    /** By the ends of names; nginx's own three where no block says any. */
    private Map<String, String> types(HttpScope scope) {
        var types = new HashMap<String, String>();
        var blocks = scope.nearestAll("types");
        for (var block : blocks) {
            for (var type : block.children()) {
                for (Word end : type.arguments()) {
                    types.put(end.text().toLowerCase(Locale.ROOT), type.keyword());
                }
            }
        }
        return blocks.isEmpty() ? Content.Files.DEFAULT_TYPES : types;
    }
}

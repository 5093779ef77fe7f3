package io.steelyard.config.nginx.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.reading.Glob;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Makes directives of tokens, reading included files where they are named. Goes on after every fault. One use, one thread. */
final class SyntaxParser {
    /** Blocks within blocks; nginx files have five or six levels. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_INCLUDED_FILES = 10_000;
    private static final int MAX_PROBLEMS = 1_000;

    private final ConfigurationSource source;
    private final Optional<Path> directory;
    private final Deque<Path> openFiles = new ArrayDeque<>();
    private final List<Problem> problems = new ArrayList<>();
    private int includedFiles;

    SyntaxParser(ConfigurationSource source) {
        this.source = source;
        directory =
                source.path().map(path -> Optional.ofNullable(path.getParent()).orElse(Path.of("")));
    }

    List<Problem> problems() {
        return problems;
    }

    List<Directive> parse() {
        source.path().ifPresent(path -> openFiles.push(identity(path)));
        var directives = new ArrayList<Directive>();
        parseFile(source.name(), source.text(), directives, 0);
        return directives;
    }

    /** A block whose end has not been met. */
    private record OpenBlock(List<Word> words, Position brace, List<Directive> children) {}

    private void parseFile(String name, String text, List<Directive> into, int outerDepth) {
        var tokens = new Tokenizer(name, text, this::add);
        var open = new ArrayDeque<OpenBlock>();
        open.push(new OpenBlock(List.of(), new Position(name, 1, 1), into));
        var words = new ArrayList<Word>();
        while (problems.size() < MAX_PROBLEMS) {
            switch (tokens.next()) {
                case Token.Text text1 -> words.add(text1.word());
                case Token.Semicolon semicolon -> {
                    if (words.isEmpty()) {
                        add(Problem.error("", "unexpected ';'")
                                .expected("a directive")
                                .remedy("remove it")
                                .at(semicolon.position()));
                    } else {
                        finish(words, open.peek(), outerDepth + open.size());
                    }
                }
                case Token.Open brace -> {
                    if (words.isEmpty()) {
                        add(Problem.error("", "unexpected '{'")
                                .expected("a directive name before it")
                                .at(brace.position()));
                    }
                    if (outerDepth + open.size() > MAX_DEPTH) {
                        add(Problem.error("", "blocks are nested more than " + MAX_DEPTH + " deep")
                                .remedy("look for a missing '}' above")
                                .at(brace.position()));
                        return;
                    }
                    open.push(new OpenBlock(List.copyOf(words), brace.position(), new ArrayList<>()));
                    words.clear();
                }
                case Token.Close brace -> {
                    if (!words.isEmpty()) {
                        missingSemicolon(
                                words, "'}' on line " + brace.position().line());
                        finish(words, open.peek(), outerDepth + open.size());
                    }
                    if (open.size() == 1) {
                        add(Problem.error("", "unexpected '}'")
                                .expected("a directive: no block is open here")
                                .remedy("remove it, or look for a '{' missing above")
                                .at(brace.position()));
                    } else {
                        close(open);
                    }
                }
                case Token.End end -> {
                    if (!words.isEmpty()) {
                        missingSemicolon(words, "the end of the file");
                        finish(words, open.peek(), outerDepth + open.size());
                    }
                    while (open.size() > 1) {
                        tellUnclosed(open.peek(), end.position());
                        close(open);
                    }
                    return;
                }
            }
        }
    }

    private void tellUnclosed(OpenBlock block, Position end) {
        var name = block.words().isEmpty() ? "" : " of '" + block.words().getFirst() + "'";
        add(Problem.error("", "the block" + name + " opened at " + block.brace() + " is not closed")
                .expected("'}' before the end of the file")
                .remedy("close it, or look for a '}' missing above")
                .at(end));
    }

    private void missingSemicolon(List<Word> words, String before) {
        var last = words.getLast();
        var hint = !last.isQuoted() && last.text().indexOf('\uFF1B') >= 0
                ? "it has a full-width semicolon (U+FF1B): type ';'"
                : "end the directive with ';'";
        add(Problem.error("", "missing ';' after '" + last + "', before " + before)
                .remedy(hint)
                .at(last.end()));
    }

    /** Ends the innermost block and makes it a child of the one around it. */
    private static void close(Deque<OpenBlock> open) {
        var block = open.pop();
        if (!block.words().isEmpty()) {
            open.element()
                    .children()
                    .add(new Directive(
                            block.words().getFirst(),
                            block.words().subList(1, block.words().size()),
                            Optional.of(block.children())));
        }
    }

    /** Ends a directive without block. */
    private void finish(List<Word> words, OpenBlock around, int depth) {
        var directive = new Directive(words.getFirst(), words.subList(1, words.size()), Optional.empty());
        words.clear();
        if (directive.keyword().equals("include") && directive.arguments().size() == 1) {
            include(directive, around.children(), depth);
        } else {
            around.children().add(directive);
        }
    }

    private void include(Directive directive, List<Directive> into, int depth) {
        var pattern = directive.argument(0);
        boolean isMimeTypes =
                pattern.text().equals("mime.types") || pattern.text().endsWith("/mime.types");
        if (isMimeTypes && (directory.isEmpty() || !Files.isRegularFile(resolve(pattern.text())))) {
            add(Problem.notice("", "'" + pattern + "' is not there; nothing here needs it")
                    .at(pattern.position()));
            return;
        }
        if (directory.isEmpty()) {
            add(Problem.error("", "'" + pattern + "' cannot be included: this text did not come from a file")
                    .remedy("read it from a file, or put the text in its place")
                    .at(pattern.position()));
            return;
        }
        List<Path> files;
        try {
            files = Glob.isPattern(pattern.text())
                    ? Glob.expand(directory.get(), pattern.text())
                    : List.of(resolve(pattern.text()));
        } catch (IOException | IllegalArgumentException wrong) {
            add(Problem.error("", "'" + pattern + "' cannot be included: " + wrong.getMessage())
                    .at(pattern.position()));
            return;
        }
        if (files.isEmpty()) {
            add(Problem.notice("", "no file matches '" + pattern + "'").at(pattern.position()));
        }
        for (var file : files) {
            includeFile(file, pattern, into, depth);
        }
    }

    private void includeFile(Path file, Word named, List<Directive> into, int depth) {
        var identity = identity(file);
        if (openFiles.contains(identity)) {
            add(Problem.error("", "'" + file + "' includes itself").at(named.position()));
            return;
        }
        if (++includedFiles > MAX_INCLUDED_FILES) {
            if (includedFiles == MAX_INCLUDED_FILES + 1) {
                add(Problem.error("", "more than " + MAX_INCLUDED_FILES + " files are included")
                        .at(named.position()));
            }
            return;
        }
        try {
            var text = ConfigurationSource.read(file).text();
            openFiles.push(identity);
            parseFile(file.toString(), text, into, depth);
            openFiles.pop();
        } catch (IOException unreadable) {
            var reason = !Files.exists(file)
                    ? "does not exist"
                    : "cannot be read: "
                            + (unreadable instanceof AccessDeniedException
                                    ? "permission denied"
                                    : unreadable.getMessage());
            add(Problem.error("", "the included file '" + file + "' " + reason)
                    .remedy("relative names start at the directory of the main file")
                    .at(named.position()));
        }
    }

    private Path resolve(String name) {
        try {
            return directory.orElseThrow().resolve(name);
        } catch (java.nio.file.InvalidPathException wrong) {
            throw new IllegalArgumentException("it is not a file name", wrong);
        }
    }

    private static Path identity(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException missing) {
            return file.toAbsolutePath().normalize();
        }
    }

    private void add(Problem problem) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(problem);
        }
    }
}

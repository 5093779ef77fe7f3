package io.steelyard.config.keepalived.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.reading.Glob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Puts the lines of a file, and of those it includes, into blocks. One use. */
final class DocumentParser {
    private static final int MOST_NESTED = 16;
    private static final int MOST_FILES = 1_000;
    private static final int MOST_PROBLEMS = 1_000;

    private final ConfigurationSource source;
    private final Map<String, String> definitions = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Deque<Block> open = new ArrayDeque<>();
    private int files;

    /** A block whose closing brace is still to come. */
    private static final class Block {
        private final List<Word> head;
        private final Position brace;
        private final List<Entry> entries = new ArrayList<>();

        private Block(List<Word> head, Position brace) {
            this.head = head;
            this.brace = brace;
        }
    }

    DocumentParser(ConfigurationSource source) {
        this.source = source;
    }

    List<Entry> parse() {
        var whole = new Block(List.of(), new Position(source.name(), 1, 1));
        open.push(whole);
        read(source, 0);
        while (open.size() > 1) {
            var unclosed = open.peek();
            problems.add(Problem.error("", "the brace of '" + text(unclosed.head) + "' is never closed")
                    .expected("a line '}'")
                    .at(unclosed.brace));
            close();
        }
        return whole.entries;
    }

    List<Problem> problems() {
        return problems;
    }

    private void read(ConfigurationSource file, int depth) {
        var text = file.text();
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
            problems.add(Problem.notice("", "the file begins with a byte order mark, which is ignored")
                    .at(new Position(file.name(), 1, 1)));
        }
        var reader = new LineReader(file.name(), definitions, problems);
        var lines = text.split("\n", -1);
        for (int i = 0; i < lines.length && problems.size() < MOST_PROBLEMS; i++) {
            var line = lines[i].strip();
            if (LineReader.isDefinition(line)) {
                i = define(lines, i);
                continue;
            }
            var words = reader.words(lines[i], i + 1);
            if (words.isEmpty()) {
                continue;
            }
            switch (words.getFirst().text()) {
                case "include", "includer", "includem", "includew", "includeb", "includea" ->
                    include(file, words, depth);
                default -> {
                    if (!isSpecial(words.getFirst())) {
                        place(words);
                    }
                }
            }
        }
    }

    /** Conditions on the host's name, sequences: what a parser of its own right would be needed for. */
    private boolean isSpecial(Word first) {
        boolean isSpecial = !first.isQuoted()
                && first.text().length() > 1
                && (first.text().startsWith("@")
                        || first.text().startsWith("~SEQ")
                        || first.text().startsWith("~LST"));
        if (isSpecial) {
            problems.add(Problem.error(
                            "",
                            "lines that depend on '" + first.text()
                                    + "' are not understood, and skipping them may be wrong")
                    .expected("a plain line")
                    .remedy("write the line for this machine out")
                    .at(first.position()));
        }
        return isSpecial;
    }

    /** Takes a definition, which goes on in the next line after a backslash. @return the last line of it */
    private int define(String[] lines, int first) {
        var line = lines[first].strip();
        int equals = line.indexOf('=');
        var name = line.substring(1, equals);
        var value = new StringBuilder();
        int at = first;
        var part = line.substring(equals + 1);
        while (part.endsWith("\\") && at + 1 < lines.length) {
            value.append(part, 0, part.length() - 1).append(' ');
            part = lines[++at].strip();
        }
        value.append(part);
        var text = value.toString().strip();
        boolean isQuoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        definitions.put(name, isQuoted ? text.substring(1, text.length() - 1) : text);
        return at;
    }

    private void include(ConfigurationSource from, List<Word> words, int depth) {
        var keyword = words.getFirst();
        if (words.size() != 2) {
            problems.add(Problem.error("", "'" + keyword + "' has " + (words.size() - 1) + " arguments")
                    .expected("one file name")
                    .at(keyword.position()));
            return;
        }
        var pattern = words.get(1);
        if (depth == MOST_NESTED || files >= MOST_FILES) {
            problems.add(Problem.error("", "files include each other too deeply, or too many")
                    .at(pattern.position()));
            return;
        }
        try {
            var directory = from.path()
                    .map(Path::toAbsolutePath)
                    .map(Path::getParent)
                    .orElse(Path.of("").toAbsolutePath());
            var found = Glob.expand(directory, pattern.text());
            if (found.isEmpty()) {
                problems.add(Problem.error("", "no file matches '" + pattern + "'")
                        .expected("a file that exists")
                        .at(pattern.position()));
            }
            for (var file : found) {
                files++;
                read(ConfigurationSource.read(file), depth + 1);
            }
        } catch (IOException | IllegalArgumentException failed) {
            problems.add(Problem.error("", "'" + pattern + "' cannot be read: " + failed.getMessage())
                    .at(pattern.position()));
        }
    }

    private void place(List<Word> words) {
        var line = new ArrayList<Word>();
        for (var word : words) {
            if (word.isBrace("{")) {
                begin(line, word);
                line = new ArrayList<>();
            } else if (word.isBrace("}")) {
                add(line);
                line = new ArrayList<>();
                if (open.size() == 1) {
                    problems.add(Problem.error("", "there is no block that this brace closes")
                            .remedy("remove it, or look for a closing brace too many before it")
                            .at(word.position()));
                } else {
                    close();
                }
            } else {
                line.add(word);
            }
        }
        add(line);
    }

    private void begin(List<Word> line, Word brace) {
        if (!line.isEmpty()) {
            open.push(new Block(line, brace.position()));
            return;
        }
        // The brace may stand in the line after its keyword.
        var before = here();
        if (before.isEmpty() || before.getLast().hasBlock()) {
            problems.add(Problem.error("", "a block has no name")
                    .expected("a keyword before the brace")
                    .at(brace.position()));
            open.push(new Block(List.of(brace), brace.position()));
        } else {
            open.push(new Block(before.removeLast().words(), brace.position()));
        }
    }

    private void add(List<Word> line) {
        if (!line.isEmpty()) {
            here().add(new Entry(line, false, List.of()));
        }
    }

    private void close() {
        var block = open.pop();
        here().add(new Entry(block.head, true, block.entries));
    }

    private List<Entry> here() {
        return Objects.requireNonNull(open.peek()).entries;
    }

    private static String text(List<Word> words) {
        return words.isEmpty() ? "" : words.getFirst().text();
    }
}

package io.steelyard.config.keepalived.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.reading.Glob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Puts the lines of a file, and of those it includes, into blocks. One use. */
final class DocumentParser {
    private static final int MOST_NESTED = 16;
    private static final int MOST_FILES = 1_000;
    private static final int MOST_PROBLEMS = 1_000;
    private static final int MOST_LINES = 1 << 20;

    /** A defined name at the head of a line. */
    private static final Pattern NAME = Pattern.compile("\\$(?:\\{(\\w+)\\}|(\\w+)(?=\\s|$))");

    private final ConfigurationSource source;
    private final String machine;
    private final RandomNumbers numbers;
    private final Map<String, String> definitions = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Deque<Block> open = new ArrayDeque<>();
    private int files;
    private int reads;
    private boolean isTooMuchTold;
    private boolean isSkippingTold;

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

    /**
     * Nothing is read yet.
     *
     * @param machine whose lines are meant where some are for one machine alone
     * @param random what {@code ${_RANDOM}} draws from unless the file has a seed
     */
    DocumentParser(ConfigurationSource source, String machine, RandomGenerator random) {
        numbers = new RandomNumbers(random);
        this.source = source;
        this.machine = machine;
        definitions.put("_INSTANCE", machine);
        definitions.put("_HASH", "#");
        definitions.put("_BANG", "!");
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
        definitions.put("_PWD", folder(file).toString());
        var reader = new LineReader(file.name(), definitions, problems, numbers);
        var lines = text.split("\n", -1);
        for (int i = 0; i < lines.length && problems.size() < MOST_PROBLEMS; i++) {
            int last = i;
            while (isDefinition(lines[i]) && lines[last].stripTrailing().endsWith("\\") && last + 1 < lines.length) {
                last++;
            }
            var whole = String.join("\n", Arrays.asList(lines).subList(i, last + 1));
            read(new Line(file, reader, i + 1, depth), whole, 0);
            i = last;
        }
    }

    /** Where a line stands. */
    private record Line(ConfigurationSource file, LineReader reader, int number, int includeDepth) {
        Position position() {
            return new Position(file.name(), number, 1);
        }
    }

    /** Whether a line begins a definition; a condition may stand before it. */
    private static boolean isDefinition(String line) {
        var text = line.strip();
        return LineReader.isDefinition(
                text.startsWith("@") ? text.replaceFirst("\\S+", "").strip() : text);
    }

    /** One line, or the lines of a definition. Its places are those of the file: what is taken from its head is replaced by spaces. */
    private void read(Line at, String given, int depth) {
        if (++reads > MOST_LINES || depth > MOST_NESTED) {
            if (!isTooMuchTold) {
                isTooMuchTold = true;
                problems.add(Problem.error("", "definitions and sequences make too many lines, or stand for each other")
                        .at(at.position()));
            }
            return;
        }
        int begin = given.length() - given.stripLeading().length();
        var line = given.substring(begin).stripTrailing();
        if (line.length() > 1 && line.charAt(0) == '@') {
            readConditional(at, line, begin, depth);
        } else if (LineReader.isDefinition(line)) {
            define(line);
        } else if (Repetition.isAt(line)) {
            repeat(at, line, begin, depth);
        } else if (!readDefined(at, line, depth)) {
            readPlain(at, given);
        }
    }

    private void readConditional(Line at, String line, int begin, int depth) {
        var rest = line.replaceFirst("\\S+", "");
        int length = line.length() - rest.length();
        boolean isNegative = line.startsWith("@^");
        boolean isMeant = line.substring(isNegative ? 2 : 1, length).equals(machine) != isNegative;
        if (isMeant) {
            read(at, " ".repeat(begin + length) + rest, depth + 1);
        } else if (!isSkippingTold) {
            isSkippingTold = true;
            problems.add(Problem.notice("", "this machine is '" + machine + "'; lines that are for others are left out")
                    .at(at.position()));
        }
    }

    private void repeat(Line at, String line, int begin, int depth) {
        try {
            var repetition = Repetition.of(line);
            var rest = " ".repeat(begin + repetition.length()) + line.substring(repetition.length());
            for (var round : repetition.rounds()) {
                definitions.putAll(round);
                read(at, rest, depth + 1);
            }
        } catch (IllegalArgumentException wrong) {
            problems.add(Problem.error("", "this sequence cannot be read: " + wrong.getMessage())
                    .at(at.position()));
        }
    }

    /** A name that stands for whole lines, or for the head of one that means more than its words. */
    private boolean readDefined(Line at, String line, int depth) {
        var matcher = NAME.matcher(line);
        if (!matcher.lookingAt()) {
            return false;
        }
        var value = definitions.get(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        var rest = line.substring(matcher.end());
        if (value == null) {
            return false;
        }
        if (rest.isBlank()) {
            value.lines().forEach(each -> read(at, each, depth + 1));
            return true;
        }
        boolean isSpecial = value.startsWith("@") || Repetition.isAt(value);
        if (isSpecial) {
            read(at, value + rest, depth + 1);
        }
        return isSpecial;
    }

    private void readPlain(Line at, String line) {
        var words = at.reader().words(line, at.number());
        if (words.isEmpty()) {
            return;
        }
        switch (words.getFirst().text()) {
            case "include", "includer", "includem", "includew", "includeb", "includea" ->
                include(at.file(), words, at.includeDepth());
            case "random_seed" -> {
                seed(words);
                place(words);
            }
            default -> place(words);
        }
    }

    private void seed(List<Word> words) {
        var text = words.size() == 2 ? words.get(1).text() : "";
        if (text.matches("[0-9]{1,10}")) {
            numbers.seed(Long.parseLong(text));
        } else {
            problems.add(Problem.error("", "random_seed is '" + text + "'")
                    .expected("a whole number from 0")
                    .at(words.getFirst().position()));
        }
    }

    private static Path folder(ConfigurationSource file) {
        return file.path()
                .map(Path::toAbsolutePath)
                .map(Path::getParent)
                .orElse(Path.of("").toAbsolutePath());
    }

    /** Takes a definition, of one line or of several that end in a backslash all but the last. */
    private void define(String line) {
        int equals = line.indexOf('=');
        var value = Arrays.stream(line.substring(equals + 1).split("\n"))
                .map(String::strip)
                .map(part -> part.endsWith("\\") ? part.substring(0, part.length() - 1) : part)
                .collect(Collectors.joining("\n"))
                .strip();
        boolean isQuoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        definitions.put(line.substring(1, equals), isQuoted ? value.substring(1, value.length() - 1) : value);
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
            var found = Glob.expand(folder(from), pattern.text());
            if (found.isEmpty()) {
                problems.add(Problem.error("", "no file matches '" + pattern + "'")
                        .expected("a file that exists")
                        .at(pattern.position()));
            }
            for (var file : found) {
                files++;
                read(ConfigurationSource.read(file), depth + 1);
            }
            definitions.put("_PWD", folder(from).toString());
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

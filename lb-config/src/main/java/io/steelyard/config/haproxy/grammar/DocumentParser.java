package io.steelyard.config.haproxy.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a file line by line: decides its conditional blocks, carries out its messages, and parts it into sections. One use. */
final class DocumentParser {
    /** Every word that begins a section, of HAProxy 2.6 and later. */
    static final Set<String> SECTIONS = Set.of(
            "global",
            "defaults",
            "frontend",
            "backend",
            "listen",
            "userlist",
            "peers",
            "mailers",
            "namespace_list",
            "resolvers",
            "cache",
            "program",
            "http-errors",
            "ring",
            "log-forward",
            "fcgi-app",
            "crt-store",
            "log-profile",
            "traces",
            "acme",
            "healthcheck");

    private static final int DEEPEST = 64;

    private final ConfigurationSource source;
    private final Environment environment;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final Deque<Block> blocks = new ArrayDeque<>();
    private @Nullable Line head;
    private List<Line> lines = new ArrayList<>();
    private boolean toldOddSpace;
    private boolean toldReturn;

    DocumentParser(ConfigurationSource source, Map<String, String> environment) {
        this.source = source;
        this.environment = new Environment(environment);
    }

    /** An {@code .if} that is open. */
    private static final class Block {
        final Position position;
        /** Whether the lines around it are read. */
        final boolean isReached;

        /** Whether its lines are read now. */
        boolean isTaken;

        /** Whether a part of it was taken before. */
        boolean isDecided;

        boolean isInElse;

        Block(Position position, boolean isReached, boolean isTaken) {
            this.position = position;
            this.isReached = isReached;
            this.isTaken = isReached && isTaken;
            this.isDecided = isTaken;
        }
    }

    Document parse() {
        int number = 1;
        for (int from = 0; from < source.text().length(); number++) {
            int end = source.text().indexOf('\n', from);
            boolean isCut = end < 0;
            end = isCut ? source.text().length() : end;
            tellReturn(from, end, number);
            read(source.text().substring(from, end), number);
            from = end + 1;
        }
        for (var open : blocks) {
            error(open.position, "'.if' is never closed", "'.endif'", "");
        }
        endSection();
        return new Document(sections, problems);
    }

    private void read(String text, int number) {
        var start = new Position(source.name(), number, 1);
        var splitter =
                new LineSplitter(start, text, environment, sectionName(), odd -> tellOddSpace(odd, text, number));
        var words = splitter.split();
        splitter.problem().ifPresent(problems::add);
        if (words.isEmpty() || words.getFirst().text().isEmpty()) {
            return;
        }
        var line = new Line(words);
        if (line.keyword().startsWith(".")) {
            directive(line);
        } else if (isRead()) {
            take(line);
        }
    }

    private void take(Line line) {
        if (SECTIONS.contains(line.keyword())) {
            endSection();
            head = line;
        } else if (head == null) {
            error(
                    line.position(),
                    "'" + line.keyword() + "' stands before any section",
                    "a section such as global, defaults, frontend, backend or listen",
                    "");
        } else {
            lines.add(line);
            if (head.keyword().equals("global")) {
                environment.carryOut(line);
            }
        }
    }

    private void endSection() {
        if (head != null) {
            sections.add(new Section(head, lines));
        }
        lines = new ArrayList<>();
        head = null;
    }

    private String sectionName() {
        if (head == null) {
            return "";
        }
        return head.arguments().isEmpty()
                ? head.keyword()
                : head.arguments().getFirst().text();
    }

    // ---- directives that begin with a dot

    private boolean isRead() {
        return blocks.isEmpty() || blocks.peek().isTaken;
    }

    private void directive(Line line) {
        switch (line.keyword()) {
            case ".if" -> openBlock(line);
            case ".elif" -> nextPart(line);
            case ".else" -> elsePart(line);
            case ".endif" -> closeBlock(line);
            default -> {
                if (isRead()) {
                    message(line);
                }
            }
        }
    }

    private void openBlock(Line line) {
        if (blocks.size() == DEEPEST) {
            error(line.position(), "'.if' within more than " + DEEPEST + " others", "", "");
        }
        boolean isReached = isRead();
        blocks.push(new Block(line.position(), isReached, isReached && holds(line)));
    }

    private void nextPart(Line line) {
        var block = blocks.peek();
        if (block == null || block.isInElse) {
            error(
                    line.position(),
                    "'.elif' has no '.if'" + (block == null ? "" : ": its '.else' came already"),
                    "",
                    "");
            return;
        }
        block.isTaken = block.isReached && !block.isDecided && holds(line);
        block.isDecided |= block.isTaken;
    }

    private void elsePart(Line line) {
        var block = blocks.peek();
        if (block == null || block.isInElse) {
            error(
                    line.position(),
                    "'.else' has no '.if'" + (block == null ? "" : ": its '.else' came already"),
                    "",
                    "");
            return;
        }
        noArguments(line);
        block.isInElse = true;
        block.isTaken = block.isReached && !block.isDecided;
    }

    private void closeBlock(Line line) {
        if (blocks.isEmpty()) {
            error(line.position(), "'.endif' has no '.if'", "", "");
            return;
        }
        noArguments(line);
        blocks.pop();
    }

    private void noArguments(Line line) {
        if (!line.arguments().isEmpty()) {
            var word = line.arguments().getFirst();
            error(word.position(), "'" + line.keyword() + "' has the argument '" + word + "'", "none", "");
        }
    }

    private boolean holds(Line line) {
        var condition = line.arguments().stream().map(Word::text).collect(Collectors.joining(" "));
        try {
            return Condition.holds(condition, environment);
        } catch (IllegalArgumentException wrong) {
            error(line.position(), "'" + line.keyword() + "': " + wrong.getMessage(), "", "");
            return false;
        }
    }

    private void message(Line line) {
        var text = line.arguments().isEmpty() ? "" : line.arguments().getFirst().text();
        if (line.arguments().size() > 1) {
            error(
                    line.arguments().get(1).position(),
                    "'" + line.keyword() + "' has " + line.arguments().size() + " arguments",
                    "one",
                    "quote the message");
            return;
        }
        var told = text.isEmpty() ? "(no message)" : text;
        switch (line.keyword()) {
            case ".diag" -> {}
            case ".notice" -> problems.add(Problem.notice("", told).at(line.position()));
            case ".warning" -> problems.add(Problem.warning("", told).at(line.position()));
            case ".alert" -> problems.add(Problem.error("", told).at(line.position()));
            default ->
                error(
                        line.position(),
                        "unknown directive '" + line.keyword() + "'",
                        ".if, .elif, .else, .endif, .diag, .notice, .warning or .alert",
                        "");
        }
    }

    // ---- invisible characters

    private void tellOddSpace(char odd, String text, int number) {
        if (!toldOddSpace) {
            toldOddSpace = true;
            var name =
                    odd == '\uFEFF' ? "a byte-order mark" : odd == '\u00A0' ? "a no-break space" : "an unusual space";
            int index = text.indexOf(odd);
            problems.add(Problem.notice(
                            "",
                            String.format(
                                    "%s (U+%04X) is taken for white space, as are all others like it", name, (int) odd))
                    .remedy("HAProxy would take it for part of a word; remove it to share the file")
                    .at(new Position(source.name(), number, 1 + text.codePointCount(0, index))));
        }
    }

    private void tellReturn(int from, int end, int number) {
        if (!toldReturn
                && end > from
                && end < source.text().length()
                && source.text().charAt(end - 1) == '\r') {
            toldReturn = true;
            problems.add(Problem.notice("", "lines end in CR LF, which is read as LF")
                    .at(new Position(source.name(), number, 1 + source.text().codePointCount(from, end - 1))));
        }
    }

    private void error(Position at, String what, String expected, String remedy) {
        problems.add(Problem.error("", what).expected(expected).remedy(remedy).at(at));
    }
}

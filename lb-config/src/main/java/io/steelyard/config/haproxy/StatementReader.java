package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.Statement.Prefix;
import io.steelyard.config.haproxy.grammar.Line;
import io.steelyard.config.haproxy.grammar.Section;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks the lines of a section against {@link KeywordTable}: names, places, numbers of arguments. */
final class StatementReader {
    /** Where HAProxy only warns that a keyword is in the wrong kind of proxy, these are faults. */
    private static final Set<String> STRICT = Set.of(
            "server",
            "server-template",
            "default-server",
            "tcp-request connection",
            "tcp-request session",
            "retry-on",
            "declare");

    /** What a {@code defaults} section may have if it has a name. */
    private static final Set<String> NAMED_DEFAULTS = Set.of(
            "acl",
            "http-request",
            "http-response",
            "http-after-response",
            "tcp-request connection",
            "tcp-request content",
            "tcp-request inspect-delay",
            "tcp-request session",
            "tcp-response content",
            "tcp-response inspect-delay");

    private final KeywordTable table = KeywordTable.get();
    private final Findings findings;

    StatementReader(Findings findings) {
        this.findings = findings;
    }

    /** The statements with a meaning, those of {@code mode http} among them; all that is wrong with the others is told. */
    List<Statement> read(Section section, Place place) {
        var statements = new ArrayList<Statement>();
        for (var line : section.lines()) {
            var statement = read(line, place, !section.name().isEmpty());
            statement.filter(this::isOfUse).ifPresent(statements::add);
        }
        return statements;
    }

    private boolean isOfUse(Statement statement) {
        var keyword = statement.keyword();
        switch (keyword.treatment()) {
            case ACCEPTED -> {
                if (statement.prefix() == Prefix.NONE) {
                    findings.accepted(statement.position(), keyword.name(), keyword.note());
                }
                return false;
            }
            case REFUSED -> {
                if (statement.prefix() == Prefix.NONE) {
                    findings.error(
                            statement.position(), "'" + keyword.name() + "' cannot be honoured: " + keyword.note());
                }
                return false;
            }
            case OLD -> {
                boolean isChange = keyword.name().equals("nbproc");
                findings.warning(
                        statement.position(),
                        "'" + keyword.name() + "' is of old versions of HAProxy",
                        isChange ? keyword.note() : "write '" + keyword.note() + "' today");
                return !isChange;
            }
            default -> {
                return true;
            }
        }
    }

    private Optional<Statement> read(Line line, Place place, boolean isNamed) {
        var words = line.words();
        var prefix = switch (line.keyword()) {
            case "no" -> Prefix.NO;
            case "default" -> Prefix.DEFAULT;
            default -> Prefix.NONE;
        };
        if (prefix != Prefix.NONE) {
            words = words.subList(1, words.size());
            if (words.isEmpty()) {
                findings.error(line.position(), "'" + line.keyword() + "' stands alone", "an option after it", "");
                return Optional.empty();
            }
        }
        var name = table.nameOf(words.stream().map(Word::text).toList());
        if (prefix != Prefix.NONE && table.named(name).stream().noneMatch(Keyword::isNegatable)) {
            findings.error(
                    words.getFirst().position(),
                    "'" + name + "' cannot be negated",
                    "an option or log after 'no' and 'default'",
                    "");
            return Optional.empty();
        }
        var keyword = find(name, words, place);
        if (keyword.isEmpty()) {
            return Optional.empty();
        }
        int nameWords = name.indexOf(' ') < 0 ? 1 : 2;
        var statement = new Statement(
                keyword.get(),
                prefix,
                words.getFirst(),
                words.subList(Math.min(nameWords, words.size()), words.size()));
        return isRight(statement, place, isNamed) ? Optional.of(statement) : Optional.empty();
    }

    private Optional<Keyword> find(String name, List<Word> words, Place place) {
        var here = table.find(name, place);
        if (here.isPresent()) {
            return here;
        }
        var first = words.getFirst();
        var elsewhere = table.named(name);
        boolean isHalf = table.names(place).stream().anyMatch(known -> known.startsWith(name + " "));
        if (elsewhere.isEmpty() || isHalf) {
            boolean hasNext = isHalf && words.size() > 1;
            findings.error(
                    hasNext ? words.get(1).position() : first.position(),
                    isHalf
                            ? "'" + name + "' has no '" + (hasNext ? words.get(1) : "") + "'"
                            : "unknown keyword '" + name + "' in " + place.section(),
                    "",
                    suggestion(hasNext ? name + " " + words.get(1) : name, place));
            return Optional.empty();
        }
        var places = elsewhere.stream()
                .flatMap(keyword -> keyword.places().stream())
                .distinct()
                .sorted()
                .map(Place::section)
                .collect(Collectors.joining(", "));
        boolean isIgnored = place.isProxy()
                && !STRICT.contains(name)
                && elsewhere.stream()
                        .flatMap(keyword -> keyword.places().stream())
                        .anyMatch(Place::isProxy);
        if (isIgnored) {
            if (words.size() <= (name.indexOf(' ') < 0 ? 1 : 2)
                    && elsewhere.getFirst().least() > 0) {
                findings.error(
                        first.position(),
                        "'" + name + "' has no argument",
                        elsewhere.getFirst().arity(),
                        "");
                return Optional.empty();
            }
            FormCheck.check(
                    name, words.subList(Math.min(name.indexOf(' ') < 0 ? 1 : 2, words.size()), words.size()), findings);
            findings.warning(
                    first.position(),
                    "'" + name + "' has no meaning in a " + place.section(),
                    "it belongs in " + places);
        } else {
            findings.error(first.position(), "'" + name + "' is not allowed in " + place.section(), places, "");
        }
        return Optional.empty();
    }

    private boolean isRight(Statement statement, Place place, boolean isNamed) {
        var keyword = statement.keyword();
        if (place == Place.DEFAULTS && !isNamed && NAMED_DEFAULTS.contains(keyword.name())) {
            findings.error(
                    statement.position(),
                    "'" + keyword.name() + "' is allowed in a defaults section with a name alone",
                    "",
                    "write 'defaults NAME'");
            return false;
        }
        int count = statement.arguments().size();
        boolean isShort = statement.prefix() == Prefix.NONE && count < keyword.least();
        if (isShort || count > keyword.most()) {
            findings.error(
                    isShort
                            ? statement.position()
                            : statement.argument(keyword.most()).position(),
                    "'" + keyword.name() + "' has "
                            + (count == 0 ? "no argument" : count + (count == 1 ? " argument" : " arguments")),
                    keyword.arity(),
                    "");
            return false;
        }
        if (statement.prefix() == Prefix.NONE) {
            FormCheck.check(keyword.name(), statement.arguments(), findings);
        }
        return true;
    }

    private String suggestion(String name, Place place) {
        return table.names(place).stream()
                .filter(known -> distance(known, name) <= Math.max(1, name.length() / 4))
                .min(Comparator.comparingInt(known -> distance(known, name)))
                .map(known -> "did you mean '" + known + "'?")
                .orElse("correct or remove it");
    }

    /** How many letters must be changed, added or removed to make one word of the other (Levenshtein); 99 for words of no likeness. */
    private static int distance(String one, String other) {
        if (Math.abs(one.length() - other.length()) > 8 || other.length() > 64) {
            return 99;
        }
        var row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}

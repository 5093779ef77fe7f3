package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.grammar.Section;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the sections of proxies in file order, each with the {@code defaults} that hold for it. */
final class ProxySections {
    private final Findings findings;
    private final StatementReader statements;
    private final Map<String, List<Statement>> namedDefaults = new HashMap<>();
    private final Map<String, Word> frontends = new HashMap<>();
    private final Map<String, Word> backends = new HashMap<>();
    private final List<Proxy> proxies = new ArrayList<>();
    private List<Statement> defaults = List.of();

    /** Names of defaults that were given more than once. */
    private final Set<String> ambiguous = new HashSet<>();

    ProxySections(Findings findings, StatementReader statements) {
        this.findings = findings;
        this.statements = statements;
    }

    List<Proxy> proxies() {
        return proxies;
    }

    void addDefaults(Section section) {
        var own = statements.read(section, Place.DEFAULTS);
        var words = section.head().arguments();
        var parent = from(section, words);
        boolean isNamed = !words.isEmpty() && !words.getFirst().text().equals("from");
        checkRest(section, parent.isPresent() ? (isNamed ? 3 : 2) : (isNamed ? 1 : 0));
        var all = new ArrayList<>(parent.orElse(List.of()));
        all.addAll(own);
        defaults = all;
        if (isNamed) {
            checkName(words.getFirst(), "defaults");
            if (namedDefaults.put(words.getFirst().text(), all) != null) {
                ambiguous.add(words.getFirst().text());
            }
        }
    }

    void addProxy(Section section, Place kind) {
        var words = section.head().arguments();
        if (words.isEmpty()) {
            findings.error(section.head().position(), "'" + kind.section() + "' has no name", "a name after it", "");
            return;
        }
        checkName(words.getFirst(), kind.section());
        var parent = from(section, words);
        var own = statements.read(section, kind);
        var proxy = new Proxy(kind, section, parent.orElse(defaults), own);
        if (proxy.isFrontend()) {
            checkUnique(frontends, words.getFirst());
        }
        if (proxy.isBackend()) {
            checkUnique(backends, words.getFirst());
        }
        if (kind == Place.BACKEND) {
            checkRest(section, parent.isPresent() ? 3 : 1);
        }
        proxies.add(proxy);
    }

    /** The addresses that stand behind the name of a section, as old files have them. */
    static List<Word> oldAddresses(Section section) {
        var words = section.head().arguments();
        int from = words.size() > 1 && words.get(1).text().equals("from") ? 3 : 1;
        return words.size() > from ? words.subList(from, words.size()) : List.of();
    }

    private Optional<List<Statement>> from(Section section, List<Word> words) {
        for (int i = 0; i <= 1 && i < words.size(); i++) {
            if (!words.get(i).text().equals("from")
                    || (i == 0 && !section.kind().equals("defaults"))) {
                continue;
            }
            if (i + 1 == words.size()) {
                findings.error(words.get(i).end(), "'from' names no defaults section");
                return Optional.empty();
            }
            var name = words.get(i + 1);
            if (ambiguous.contains(name.text())) {
                findings.error(
                        name.position(),
                        "the defaults section '" + name + "' stands more than once",
                        "",
                        "rename all but one of them");
            }
            var found = Optional.ofNullable(namedDefaults.get(name.text()));
            if (found.isEmpty()) {
                findings.error(
                        name.position(),
                        "unknown defaults section '" + name + "'",
                        namedDefaults.isEmpty()
                                ? "the name of a defaults section above"
                                : "one of "
                                        + String.join(
                                                ", ",
                                                namedDefaults.keySet().stream()
                                                        .sorted()
                                                        .toList()),
                        "");
            }
            return found;
        }
        return Optional.empty();
    }

    private void checkRest(Section section, int expected) {
        var words = section.head().arguments();
        if (words.size() > expected) {
            findings.error(
                    words.get(expected).position(),
                    "'" + section.kind() + "' has the argument '" + words.get(expected) + "'",
                    "no more",
                    "");
        }
    }

    private void checkName(Word name, String kind) {
        name.text()
                .chars()
                .filter(c -> !isNameCharacter(c))
                .findFirst()
                .ifPresent(bad -> findings.error(
                        name.position(),
                        "the name of " + kind + " '" + name + "' has '" + Character.toString(bad) + "'",
                        "letters, digits, '-', '_', '.' and ':'",
                        ""));
        if (name.text().isEmpty()) {
            findings.error(name.position(), "the name of a " + kind + " is empty");
        }
    }

    static boolean isNameCharacter(int c) {
        return c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == ':');
    }

    private void checkUnique(Map<String, Word> names, Word name) {
        var first = names.putIfAbsent(name.text(), name);
        if (first != null) {
            findings.error(
                    name.position(),
                    "'" + name + "' is the name of another proxy, at " + first.position(),
                    "",
                    "rename or remove one of them");
        }
    }
}

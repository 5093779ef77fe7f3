package io.steelyard.config.nginx;

import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The variables of a file: what is defined, and what is used. Uses are checked at the end, for nginx lets them come before definitions. */
final class VariableScope {
    private static final List<String> TLS_PREFIXES = List.of("ssl_", "upstream_last_");

    private record Use(String name, Word word) {}

    private final Findings findings;
    private final Set<String> defined = new HashSet<>();
    private final List<Use> uses = new ArrayList<>();

    private final boolean isHttp;

    VariableScope(Findings findings) {
        this(findings, false);
    }

    /** @param isHttp whether requests' variables are built in beside those of connections */
    VariableScope(Findings findings, boolean isHttp) {
        this.findings = findings;
        this.isHttp = isHttp;
    }

    private boolean isBuiltIn(String name) {
        return BuiltInVariable.named(name).isPresent()
                || HttpVariable.named(name)
                        .filter(reference -> isHttp || reference.variable() == HttpVariable.PROXY_PROTOCOL_TLV_)
                        .isPresent();
    }

    /** Reads a text with variables and notes the ones it uses; empty, and told, where it is malformed. */
    Optional<Template> template(Word word) {
        return template(word, word.text());
    }

    /** As {@link #template(Word)}, for a part of the word's text. */
    Optional<Template> template(Word word, String text) {
        var parts = new ArrayList<Template.Part>();
        var literal = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            if (text.charAt(at) != '$') {
                literal.append(text.charAt(at++));
                continue;
            }
            boolean isBraced = at + 1 < text.length() && text.charAt(at + 1) == '{';
            int start = at + (isBraced ? 2 : 1);
            int end = nameEnd(text, start);
            if (end == start || (isBraced && (end == text.length() || text.charAt(end) != '}'))) {
                findings.error(
                        word.position(),
                        "'$' at character " + (at + 1) + " of '" + text + "' names no variable",
                        "$name or ${name}, with letters, digits and _",
                        "");
                return Optional.empty();
            }
            if (!literal.isEmpty()) {
                parts.add(new Template.Part.Literal(literal.toString()));
                literal.setLength(0);
            }
            var name = text.substring(start, end).toLowerCase(Locale.ROOT);
            parts.add(new Template.Part.Variable(name));
            uses.add(new Use(name, word));
            at = end + (isBraced ? 1 : 0);
        }
        if (!literal.isEmpty()) {
            parts.add(new Template.Part.Literal(literal.toString()));
        }
        return Optional.of(new Template(parts));
    }

    /** The name in {@code $name}; empty, and told, where the word is not of that form. */
    Optional<String> definedName(Word word) {
        var text = word.text();
        if (text.length() > 1 && text.charAt(0) == '$' && nameEnd(text, 1) == text.length()) {
            return Optional.of(text.substring(1).toLowerCase(Locale.ROOT));
        }
        findings.error(word.position(), "'" + word + "' is not a variable", "$name, with letters, digits and _", "");
        return Optional.empty();
    }

    /** Makes a name known; false, and told, where it is a built-in one that cannot be changed. */
    boolean define(String name, Word word) {
        if (isBuiltIn(name)) {
            findings.error(
                    word.position(),
                    "the built-in variable '$" + name + "' cannot be defined again",
                    "",
                    "take another name");
            return false;
        }
        defined.add(name);
        return true;
    }

    /** As {@link #define} for {@code set}, which may give the query another text too. */
    boolean defineBySet(String name, Word word) {
        return isHttp && name.equals("args") || define(name, word);
    }

    /** Makes the named groups of a regular expression known. */
    void defineGroups(Stream<String> names) {
        names.map(name -> name.toLowerCase(Locale.ROOT)).forEach(defined::add);
    }

    /** Tells each variable that is used but not defined, once for each word. */
    void tellUnknown() {
        for (var use : new ArrayList<>(uses)) {
            boolean isGroup =
                    use.name().length() == 1 && Character.isDigit(use.name().charAt(0));
            if (isGroup || defined.contains(use.name()) || isBuiltIn(use.name())) {
                continue;
            }
            if (TLS_PREFIXES.stream().anyMatch(use.name()::startsWith)) {
                findings.error(
                        use.word().position(),
                        "the variable '$" + use.name() + "' is not supported yet: it comes with TLS");
            } else {
                findings.error(
                        use.word().position(),
                        "unknown variable '$" + use.name() + "'",
                        "a built-in variable of " + (isHttp ? "http" : "stream")
                                + ", or one that map, geo, split_clients or set defines",
                        "");
            }
        }
    }

    /** A digit right after the {@code $} is a whole name, as nginx has it. */
    private static int nameEnd(String text, int start) {
        int end = start;
        if (end < text.length() && text.charAt(end) >= '1' && text.charAt(end) <= '9') {
            return end + 1;
        }
        while (end < text.length() && isNameCharacter(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
}

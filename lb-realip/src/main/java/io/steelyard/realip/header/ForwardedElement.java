package io.steelyard.realip.header;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What one proxy told in a Forwarded field (RFC 7239 section 4). Immutable.
 *
 * @param parameters values by lower-case name, in their order, without quotes; a name stands once
 */
public record ForwardedElement(Map<String, String> parameters) {
    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    public ForwardedElement {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        parameters.forEach((name, value) -> {
            if (!isToken(name) || !name.equals(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("'" + name + "' is not a parameter name in lower case");
            }
            if (!value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c != 0x7F && c <= 0xFF))) {
                throw new IllegalArgumentException(
                        "the value of '" + name + "' has a character that no field may have");
            }
        });
    }

    /** Of a client; more is added by {@link #with}. */
    public static ForwardedElement of(ForwardedNode client) {
        return new ForwardedElement(Map.of("for", client.text()));
    }

    /** With one more parameter, or another value of one. */
    public ForwardedElement with(String name, String value) {
        var changed = new LinkedHashMap<>(parameters);
        changed.put(name, value);
        return new ForwardedElement(changed);
    }

    /** The client; empty where it is not told or malformed. */
    public Optional<ForwardedNode> forClient() {
        return Optional.ofNullable(parameters.get("for")).flatMap(ForwardedNode::parse);
    }

    /** What the client spoke to; empty where it is not told or malformed. */
    public Optional<ForwardedNode> by() {
        return Optional.ofNullable(parameters.get("by")).flatMap(ForwardedNode::parse);
    }

    public Optional<String> host() {
        return Optional.ofNullable(parameters.get("host"));
    }

    public Optional<String> proto() {
        return Optional.ofNullable(parameters.get("proto"));
    }

    /** The element as it stands in a field, values in quotes where they must be. */
    public String text() {
        return parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + quoted(parameter.getValue()))
                .collect(Collectors.joining(";"));
    }

    /**
     * Reads the lines of a Forwarded field, in their order, as one list.
     *
     * @return empty where anything in them is malformed
     */
    public static Optional<List<ForwardedElement>> parse(List<String> lines) {
        var elements = new ArrayList<ForwardedElement>();
        for (var line : lines) {
            if (!new Parser(line).parse(elements)) {
                return Optional.empty();
            }
        }
        return Optional.of(elements);
    }

    private static String quoted(String value) {
        return isToken(value) ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(ForwardedElement::isTokenCharacter);
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || TOKEN_PUNCTUATION.indexOf(c) >= 0;
    }

    /** Goes through a line from left to right. */
    private static final class Parser {
        private final String line;
        private int at;

        Parser(String line) {
            this.line = line;
        }

        boolean parse(List<ForwardedElement> into) {
            while (true) {
                skipSpace();
                // Empty elements are let pass (RFC 9110 section 5.6.1.2).
                if (!isAt(',') && at < line.length()) {
                    var parameters = new LinkedHashMap<String, String>();
                    if (!parseElement(parameters)) {
                        return false;
                    }
                    into.add(new ForwardedElement(parameters));
                    skipSpace();
                }
                if (at == line.length()) {
                    return true;
                }
                if (line.charAt(at++) != ',') {
                    return false;
                }
            }
        }

        private boolean parseElement(Map<String, String> into) {
            do {
                int start = at;
                while (at < line.length() && isTokenCharacter(line.charAt(at))) {
                    at++;
                }
                var name = line.substring(start, at).toLowerCase(Locale.ROOT);
                if (name.isEmpty() || !isAt('=')) {
                    return false;
                }
                at++;
                var value = isAt('"') ? quotedString() : token();
                if (value.isEmpty() || into.putIfAbsent(name, value.get()) != null) {
                    return false;
                }
            } while (skipSemicolon());
            return true;
        }

        private Optional<String> token() {
            int start = at;
            while (at < line.length() && isTokenCharacter(line.charAt(at))) {
                at++;
            }
            return at == start ? Optional.empty() : Optional.of(line.substring(start, at));
        }

        private Optional<String> quotedString() {
            var text = new StringBuilder();
            at++;
            while (at < line.length()) {
                char c = line.charAt(at++);
                if (c == '"') {
                    return Optional.of(text.toString());
                }
                if (c == '\\') {
                    if (at == line.length()) {
                        return Optional.empty();
                    }
                    c = line.charAt(at++);
                }
                if (c != '\t' && (c < 0x20 || c == 0x7F || c > 0xFF)) {
                    return Optional.empty();
                }
                text.append(c);
            }
            return Optional.empty();
        }

        /** Skips {@code ;} and all that follow it directly, as the grammar allows. @return whether a parameter follows */
        private boolean skipSemicolon() {
            boolean isThere = false;
            while (isAt(';')) {
                at++;
                isThere = true;
            }
            return isThere && at < line.length() && isTokenCharacter(line.charAt(at));
        }

        private boolean isAt(char c) {
            return at < line.length() && line.charAt(at) == c;
        }

        private void skipSpace() {
            while (isAt(' ') || isAt('\t')) {
                at++;
            }
        }
    }
}

package io.steelyard.vrrp.witness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the answers of a JSON gateway (RFC 8259) into maps, lists, text, {@link Boolean}s and numbers as their text. Numbers are not reckoned with here:
 * protocol buffers write those of 64 bits as text anyway.
 */
final class Json {
    private static final int DEEPEST = 64;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /**
     * The object a text is.
     *
     * @throws IllegalArgumentException where it is none, with the place
     */
    static Map<String, Object> object(String text) {
        var reader = new Json(text);
        if (!(reader.value() instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("the answer is no JSON object");
        }
        reader.space();
        if (reader.at != text.length()) {
            throw reader.wrong("the end");
        }
        var object = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> object.put((String) key, value));
        return object;
    }

    private Object value() {
        if (++depth > DEEPEST) {
            throw wrong("less depth");
        }
        space();
        var value = switch (peek()) {
            case '{' -> map();
            case '[' -> list();
            case '"' -> string();
            default -> word();
        };
        depth--;
        return value;
    }

    private Map<String, Object> map() {
        var map = new LinkedHashMap<String, Object>();
        at++;
        space();
        while (peek() != '}') {
            space();
            var key = string();
            space();
            take(':');
            map.put(key, value());
            space();
            if (peek() != '}') {
                take(',');
            }
            space();
        }
        at++;
        return map;
    }

    private List<Object> list() {
        var list = new ArrayList<Object>();
        at++;
        space();
        while (peek() != ']') {
            list.add(value());
            space();
            if (peek() != ']') {
                take(',');
            }
        }
        at++;
        return list;
    }

    private Object word() {
        int begin = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        var word = text.substring(begin, at);
        return switch (word) {
            case "" -> throw wrong("a value");
            case "true" -> true;
            case "false" -> false;
            default -> word;
        };
    }

    private String string() {
        take('"');
        var result = new StringBuilder();
        while (peek() != '"') {
            char next = text.charAt(at++);
            result.append(next == '\\' ? escaped() : next);
        }
        at++;
        return result.toString();
    }

    private char escaped() {
        char kind = peek();
        at++;
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw wrong("four hexadecimal digits");
                }
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> kind;
        };
    }

    private void take(char expected) {
        if (peek() != expected) {
            throw wrong("'" + expected + "'");
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("the answer is no JSON: expected " + expected + " at octet " + at);
    }
}

package io.steelyard.api.http;

import io.steelyard.api.text.NamedPattern;
import java.util.Locale;
import java.util.Objects;

/**
 * A name, or names, that a site is asked for by. The order in which names are tried is nginx's: exact, the longest suffix, the longest
 * prefix, expressions in configuration order.
 *
 * @param kind how requests' hosts are compared with it
 * @param text lower case but for expressions; without the {@code *}
 */
public record HostName(Kind kind, String text) {
    /** How a request's host is compared with the text. */
    public enum Kind {
        /** It is the text; an empty text for requests without a host. */
        EXACT,
        /** It ends with the text, which begins with a dot, as in {@code *.example.com}. */
        SUFFIX,
        /** It begins with the text, which ends with a dot, as in {@code www.example.*}. */
        PREFIX,
        /** The regular expression matches somewhere in it, whatever the case. */
        EXPRESSION
    }

    public HostName {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(text, "text");
        if (kind == Kind.EXPRESSION) {
            NamedPattern.compile(text, true);
        } else {
            text = text.toLowerCase(Locale.ROOT);
        }
        if (kind == Kind.SUFFIX && !text.startsWith(".") || kind == Kind.PREFIX && !text.endsWith(".")) {
            throw new IllegalArgumentException("a wildcard stands for whole labels, as in *.example.com or www.*");
        }
    }

    /**
     * Reads a name as nginx writes it: {@code example.com}, {@code *.example.com}, {@code www.example.*}, {@code ~^www\d+\.}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static HostName parse(String text) {
        if (text.startsWith("~")) {
            return new HostName(Kind.EXPRESSION, text.substring(1));
        }
        if (text.startsWith("*.")) {
            return new HostName(Kind.SUFFIX, checked(text.substring(1), text));
        }
        if (text.endsWith(".*")) {
            return new HostName(Kind.PREFIX, checked(text.substring(0, text.length() - 1), text));
        }
        return new HostName(Kind.EXACT, checked(text, text));
    }

    /** The name as {@link #parse} reads it. */
    public String written() {
        return switch (kind) {
            case EXACT -> text;
            case SUFFIX -> "*" + text;
            case PREFIX -> text + "*";
            case EXPRESSION -> "~" + text;
        };
    }

    private static String checked(String rest, String whole) {
        if (rest.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "'" + whole + "' has a '*' that is neither its first nor its last label");
        }
        return rest;
    }
}

package io.steelyard.config.haproxy.expression;

import java.util.Locale;
import java.util.Optional;

/** How an ACL compares a sample with its patterns ({@code -m}). */
public enum MatchMethod {
    /** Whether there is a sample at all. */
    FOUND,
    /** Whether it is true. */
    BOOL,
    /** A number or a range, with eq, ge, gt, le and lt. */
    INT,
    /** An address or a network. */
    IP,
    /** The same bytes, written in hexadecimal. */
    BIN,
    /** A length or a range of lengths. */
    LEN,
    /** The same text. */
    STR,
    /** The beginning of the text. */
    BEG,
    /** A part of the text. */
    SUB,
    /** A whole part between slashes and question marks. */
    DIR,
    /** A whole part between slashes, question marks, dots and colons. */
    DOM,
    /** The end of the text. */
    END,
    /** A regular expression that matches somewhere. */
    REG;

    /** The method of a word such as {@code beg}. */
    public static Optional<MatchMethod> named(String name) {
        for (var method : values()) {
            if (method.word().equals(name)) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    /** The word that {@code -m} has for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether names of fetches may end in it. */
    boolean isSuffix() {
        return ordinal() >= LEN.ordinal() && this != STR;
    }

    /** Whether it compares text. */
    boolean isOfText() {
        return ordinal() >= LEN.ordinal();
    }

    /** What a sample of this type is compared by where an ACL does not say. */
    static MatchMethod of(Sample.Type type) {
        return switch (type) {
            case BOOL -> BOOL;
            case SINT -> INT;
            case ADDR -> IP;
            case BIN -> BIN;
            case STR, METHOD -> STR;
        };
    }
}

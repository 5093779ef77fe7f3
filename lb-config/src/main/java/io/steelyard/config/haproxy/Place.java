package io.steelyard.config.haproxy;

import java.util.Locale;

/** Where a keyword stands. */
enum Place {
    GLOBAL('G'),
    DEFAULTS('D'),
    FRONTEND('F'),
    LISTEN('L'),
    BACKEND('B'),
    PEERS('P'),
    USERLIST('U'),
    RESOLVERS('R'),
    MAILERS('M'),
    HTTP_ERRORS('E'),
    RING('N');

    private final char letter;

    Place(char letter) {
        this.letter = letter;
    }

    /** The letter of the place in {@link KeywordTable}. */
    char letter() {
        return letter;
    }

    /** The word that begins the section, such as {@code http-errors}. */
    String section() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isProxy() {
        return this == FRONTEND || this == LISTEN || this == BACKEND;
    }
}

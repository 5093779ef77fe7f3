package io.steelyard.core.tls;

import java.io.IOException;

/** A file that TLS needs cannot be used. The text says which, what is wrong with it, and what to do. */
public final class TlsFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String what;
    private final String remedy;

    TlsFileException(String what, String name, String problem, String remedy) {
        super(what + " " + name + ": " + problem + "; " + remedy);
        this.file = name;
        this.what = what + " " + name + ": " + problem;
        this.remedy = remedy;
    }

    /** The file's name as the configuration has it. */
    String file() {
        return file;
    }

    /** Which file, and what is wrong with it. */
    String what() {
        return what;
    }

    /** What to do. */
    String remedy() {
        return remedy;
    }
}

package io.steelyard.core.tls;

import java.io.IOException;

/** A file that TLS needs cannot be used. The text says which, what is wrong with it, and what to do. */
public final class TlsFileException extends IOException {
    private static final long serialVersionUID = 1L;

    TlsFileException(String what, String name, String problem, String remedy) {
        super(what + " " + name + ": " + problem + "; " + remedy);
    }
}

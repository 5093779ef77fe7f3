package io.steelyard.core.tls;

/**
 * What is said of a client's certificate. Immutable.
 *
 * @param problem why it is refused; empty otherwise
 */
public record PeerVerdict(Kind kind, String problem) {
    static final PeerVerdict NONE = new PeerVerdict(Kind.NONE, "");
    static final PeerVerdict MISSING = new PeerVerdict(Kind.MISSING, "");
    static final PeerVerdict TRUSTED = new PeerVerdict(Kind.TRUSTED, "");

    /** The verdicts. */
    public enum Kind {
        /** None was shown, and none was needed. */
        NONE,
        /** None was shown, and one was needed. */
        MISSING,
        /** It is trusted, or anybody's will do. */
        TRUSTED,
        /** It is not trusted. */
        REFUSED
    }

    /** Whether the client may go on. */
    public boolean isGood() {
        return kind == Kind.NONE || kind == Kind.TRUSTED;
    }

    /** As nginx has it in {@code $ssl_client_verify}. */
    public String text() {
        return switch (kind) {
            case NONE, MISSING -> "NONE";
            case TRUSTED -> "SUCCESS";
            case REFUSED -> "FAILED:" + problem;
        };
    }
}

package io.steelyard.core.ocsp;

/** Why an OCSP response is not used; the text is a part of a sentence for operators. */
public final class OcspException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String why;

    OcspException(String why) {
        super(why);
        this.why = why;
    }

    String why() {
        return why;
    }
}

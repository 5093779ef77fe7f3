package io.steelyard.config.keepalived;

/**
 * What becomes of a keyword.
 *
 * @param treatment carried out, accepted, or refused
 * @param note why it is not carried out
 */
record Keyword(Treatment treatment, String note) {
    static final Keyword HONOURED = new Keyword(Treatment.HONOURED, "");

    /** How a keyword is dealt with. */
    enum Treatment {
        HONOURED,
        /** Nothing is missed by leaving it out. */
        ACCEPTED,
        /** It would have done something; the rest works without. */
        WARNED,
        /** The file cannot be carried out without it. */
        REFUSED
    }
}

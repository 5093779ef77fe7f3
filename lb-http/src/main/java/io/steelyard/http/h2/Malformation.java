package io.steelyard.http.h2;

/** Why a message is no HTTP/2 message, so that its stream is reset with PROTOCOL_ERROR (RFC 9113 section 8.1.1). */
public enum Malformation {
    NAME_EMPTY("a field has no name"),
    NAME_IN_CAPITALS("a field's name has a capital letter"),
    NAME_INVALID("a field's name has a character that no name may have"),
    VALUE_INVALID("a field's value has a control character"),
    VALUE_PADDED("a field's value begins or ends with white space"),
    CONNECTION_FIELD("a field is about the connection, of which HTTP/2 has none"),
    TE_OTHER_THAN_TRAILERS("TE is something other than: trailers"),
    PSEUDO_FIELD_UNKNOWN("a pseudo-field is none of a request's"),
    PSEUDO_FIELD_REPEATED("a pseudo-field comes twice"),
    PSEUDO_FIELD_LATE("a pseudo-field comes behind another field"),
    PSEUDO_FIELD_IN_TRAILERS("a pseudo-field comes behind the body"),
    PSEUDO_FIELD_MISSING("a request lacks its method, scheme or path"),
    METHOD_INVALID("the method is no token"),
    SCHEME_INVALID("the scheme is neither http nor https"),
    PATH_INVALID("the path does not begin with a slash");

    private final String text;

    Malformation(String text) {
        this.text = text;
    }

    /** What is wrong, in plain words. */
    public String text() {
        return text;
    }
}

package io.steelyard.http.message;

/** How a request names what it wants (RFC 9112 section 3.2). */
public enum TargetForm {
    /** A path and perhaps a query: {@code /a?b}. */
    ORIGIN,
    /** A whole URL: {@code http://host/a?b}. */
    ABSOLUTE,
    /** A host and port, of CONNECT: {@code host:443}. */
    AUTHORITY,
    /** The server itself, of OPTIONS: {@code *}. */
    ASTERISK
}

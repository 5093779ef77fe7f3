package io.steelyard.http.h1;

/** How far a parser got. */
public enum ParseResult {
    /** All bytes were taken and more are needed. */
    NEED_MORE,
    /** The part is complete; the buffer stands at the first byte behind it. */
    COMPLETE,
    /** A rule is violated; where the buffer stands means nothing, and neither parser nor connection can go on. */
    REJECTED
}

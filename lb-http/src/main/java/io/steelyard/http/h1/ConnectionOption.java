package io.steelyard.http.h1;

/** What the Connection field of a written head says. */
public enum ConnectionOption {
    /** Nothing: the connection is kept, which is what HTTP/1.1 means by it. */
    NONE,
    /** {@code close}: this is the last message. */
    CLOSE,
    /** {@code keep-alive}: for HTTP/1.0. */
    KEEP_ALIVE,
    /** {@code upgrade}, with the Upgrade field of the head or of the edits. */
    UPGRADE
}

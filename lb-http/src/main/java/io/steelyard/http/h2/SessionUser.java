package io.steelyard.http.h2;

/** Who serves the requests of a session. */
public interface SessionUser {
    /** A stream is opened; its user gets its request. */
    StreamUser open(Http2Stream stream);

    /** The session ends because its peer flooded it. */
    void flooded(Flood how);
}

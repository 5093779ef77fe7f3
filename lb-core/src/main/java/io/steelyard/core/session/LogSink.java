package io.steelyard.core.session;

import io.steelyard.api.proxy.AccessLog;
import java.io.IOException;

/** Where the lines of an access log go. Owned by the thread that writes logs. */
interface LogSink extends AutoCloseable {
    /** For people. */
    String name();

    /**
     * Takes a line, with a line feed at its end.
     *
     * @throws IOException where it, or what was held back before it, is lost
     */
    void append(AccessLog log, byte[] line) throws IOException;

    /** Writes what was held back long enough. */
    void flushIfDue(long nowNs) throws IOException;

    /** Writes what was held back, and closes. */
    @Override
    void close() throws IOException;
}

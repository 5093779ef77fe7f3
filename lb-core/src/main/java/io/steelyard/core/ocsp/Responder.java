package io.steelyard.core.ocsp;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Asks OCSP responders. Safe for all threads. */
interface Responder extends AutoCloseable {
    /** Begins to ask, and does not wait. @return what is answered; or fails, within half a minute */
    CompletableFuture<byte[]> ask(URI request);

    /** Questions under way may go unanswered. */
    @Override
    void close();
}

package io.steelyard.health;

import java.io.IOException;

/** A probe's connection broke, or was not ready in time. The message is a phrase for people. */
final class ProbeFailure extends IOException {
    private static final long serialVersionUID = 1L;

    /** How far the connection had come. */
    enum Layer {
        CONNECTING,
        SECURING,
        TALKING
    }

    private final Layer layer;
    private final boolean isTimeout;

    ProbeFailure(Layer layer, boolean isTimeout, String message, IOException cause) {
        super(message, cause);
        this.layer = layer;
        this.isTimeout = isTimeout;
    }

    Layer layer() {
        return layer;
    }

    /** Whether the probe's time was over, or that for the connection. */
    boolean isTimeout() {
        return isTimeout;
    }

    /** What the system said, as strerror(3) words it; empty for nothing. */
    String systemText() {
        var said = getCause() == null ? null : getCause().getMessage();
        if (said == null || isTimeout) {
            return "";
        }
        return said.equals("Connection reset") ? "Connection reset by peer" : said;
    }
}

package io.steelyard.api.health;

import java.io.IOException;

/**
 * One way to find out whether a server can serve.
 *
 * @implSpec Called on a virtual thread of its own for each probe, so it may block; for one server never twice at a time, for several
 *     servers at once. After the timeout the thread is interrupted and the probe counts as failed, whatever it gives then.
 */
@FunctionalInterface
public interface HealthCheck {
    /**
     * Probes a server once.
     *
     * @return what was found
     * @throws IOException where the server could not be reached or broke off: the probe failed, with the exception's message as reason
     * @throws InterruptedException where the timeout passed
     */
    ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException;

    /**
     * What a probe comes to that was not over at its timeout: a failure, unless the check says otherwise. Called on any thread.
     *
     * @param reason one phrase for people
     */
    default ProbeResult late(String reason) {
        return ProbeResult.failed(reason);
    }
}

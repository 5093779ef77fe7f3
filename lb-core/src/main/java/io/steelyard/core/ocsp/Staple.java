package io.steelyard.core.ocsp;

import org.jspecify.annotations.Nullable;

/** The response that is stapled to a certificate now, if there is one. Safe for all threads. */
public final class Staple {
    /** Written by the thread of {@link Stapling}, read by all data loops: volatile publishes the record, and one handshake without it is no harm. */
    private volatile @Nullable Held held;

    private record Held(byte[] response, long validUntilMs) {}

    Staple() {}

    void hold(byte[] response, long validUntilMs) {
        held = new Held(response, validUntilMs);
    }

    /** What to staple, which nobody changes; null where there is nothing. @param nowMs milliseconds since 1970 */
    public byte @Nullable [] at(long nowMs) {
        var now = held;
        return now == null || now.validUntilMs() < nowMs ? null : now.response();
    }
}

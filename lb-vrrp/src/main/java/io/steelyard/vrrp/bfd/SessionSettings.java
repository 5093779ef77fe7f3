package io.steelyard.vrrp.bfd;

import io.steelyard.api.vrrp.BfdSession;
import java.time.Duration;

/**
 * A session's settings as the state machine wants them; intervals in microseconds. Immutable. See {@link BfdSession}.
 *
 * @param upMinTxUs desired interval while the session is up
 * @param idleTxUs desired interval while it is not
 */
public record SessionSettings(
        long requiredMinRxUs,
        long upMinTxUs,
        long idleTxUs,
        int detectMultiplier,
        boolean isPassive,
        int hopLimit,
        int mostHops) {
    public static SessionSettings of(BfdSession session) {
        return new SessionSettings(
                micros(session.requiredMinRx()),
                micros(session.desiredMinTx()),
                micros(session.idleTx()),
                session.detectMultiplier(),
                session.isPassive(),
                session.hopLimit(),
                session.mostHops());
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    /** RFC 5880 section 6.8.3: not less than a second while the session is not up. */
    long desiredMinTxUs(SessionPhase phase) {
        return phase == SessionPhase.UP ? upMinTxUs : idleTxUs;
    }
}

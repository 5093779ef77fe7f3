package io.steelyard.vrrp.bfd;

/**
 * All that a session knows (RFC 5880 section 6.8.1). Immutable.
 *
 * @param phase bfd.SessionState
 * @param diagnostic bfd.LocalDiag
 * @param discriminator bfd.LocalDiscr, never 0
 * @param remote what the neighbour said last
 * @param isPolling a poll sequence is on: packets ask until one is answered
 * @param hasBegun packets are sent
 * @param detectAtNs when the neighbour has been silent for too long; {@link #NEVER} where it is not heard
 * @param sendAtNs when the next packet is due; {@link #NEVER} for none
 */
public record SessionState(
        SessionPhase phase,
        Diagnostic diagnostic,
        int discriminator,
        Remote remote,
        boolean isPolling,
        boolean hasBegun,
        long detectAtNs,
        long sendAtNs) {
    /** No deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * What the neighbour said last; intervals in microseconds.
     *
     * @param discriminator bfd.RemoteDiscr; 0 while it is not known
     * @param requiredMinRxUs bfd.RemoteMinRxInterval; 0 for no periodic packets at all
     * @param desiredMinTxUs its interval
     * @param detectMultiplier its multiplier
     * @param isDemand bfd.RemoteDemandMode: wants no periodic packets while both are up
     */
    public record Remote(
            int discriminator,
            SessionPhase phase,
            Diagnostic diagnostic,
            long requiredMinRxUs,
            long desiredMinTxUs,
            int detectMultiplier,
            boolean isDemand) {
        /** Nothing is known: the initial values of RFC 5880 section 6.8.1. */
        public static final Remote UNKNOWN = new Remote(0, SessionPhase.DOWN, Diagnostic.NONE, 1, 0, 0, false);

        static Remote of(ControlFlyweight packet) {
            return new Remote(
                    packet.myDiscriminator(),
                    packet.phase(),
                    packet.diagnostic(),
                    packet.requiredMinRxUs(),
                    packet.desiredMinTxUs(),
                    packet.detectMultiplier(),
                    packet.isDemand());
        }

        /** Whether a packet says the same. */
        boolean isAsIn(ControlFlyweight packet) {
            return discriminator == packet.myDiscriminator()
                    && phase == packet.phase()
                    && diagnostic == packet.diagnostic()
                    && requiredMinRxUs == packet.requiredMinRxUs()
                    && desiredMinTxUs == packet.desiredMinTxUs()
                    && detectMultiplier == packet.detectMultiplier()
                    && isDemand == packet.isDemand();
        }
    }

    /** @param discriminator this session's own, not 0 */
    public static SessionState initial(int discriminator) {
        if (discriminator == 0) {
            throw new IllegalArgumentException("the discriminator of a session is 0");
        }
        return new SessionState(
                SessionPhase.ADMIN_DOWN, Diagnostic.NONE, discriminator, Remote.UNKNOWN, false, false, NEVER, NEVER);
    }

    /** The same with other deadlines. */
    SessionState at(long newDetectAtNs, long newSendAtNs) {
        return newDetectAtNs == detectAtNs && newSendAtNs == sendAtNs
                ? this
                : new SessionState(
                        phase, diagnostic, discriminator, remote, isPolling, hasBegun, newDetectAtNs, newSendAtNs);
    }
}

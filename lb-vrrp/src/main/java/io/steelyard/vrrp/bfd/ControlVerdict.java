package io.steelyard.vrrp.bfd;

/** What became of a received packet: the checks of RFC 5880 section 6.8.6 in their order, and those of the hop limit (RFC 5881 section 5). */
public enum ControlVerdict {
    ACCEPTED("received"),
    VERSION("version_err"),
    /** Shorter than it must be, or than it says. */
    LENGTH("length_err"),
    MULTIPLIER("multiplier_err"),
    MULTIPOINT("multipoint_err"),
    /** The sender's discriminator is 0, or ours is and the sender is in a state where it should know it. */
    DISCRIMINATOR("discriminator_err"),
    /** No session has that discriminator, or no session has that neighbour. */
    UNKNOWN_SESSION("unknown_session"),
    /** It is authenticated, and no session here is. */
    AUTHENTICATION("authentication_err"),
    /** It came over too many hops. */
    HOPS("hops_err");

    private final String counterName;

    ControlVerdict(String counterName) {
        this.counterName = counterName;
    }

    /** As it appears in a status. */
    public String counterName() {
        return counterName;
    }

    /**
     * Checks all that needs no session.
     *
     * @param packet wrapped
     * @param length octets that were received
     * @return {@link #ACCEPTED} where a session is to be looked for
     */
    public static ControlVerdict of(ControlFlyweight packet, int length) {
        if (length < ControlFlyweight.LENGTH) {
            return LENGTH;
        }
        if (packet.version() != ControlFlyweight.VERSION) {
            return VERSION;
        }
        int least = packet.isAuthenticated() ? ControlFlyweight.LENGTH + 2 : ControlFlyweight.LENGTH;
        if (packet.length() < least || packet.length() > length) {
            return LENGTH;
        }
        if (packet.detectMultiplier() == 0) {
            return MULTIPLIER;
        }
        if (packet.isMultipoint()) {
            return MULTIPOINT;
        }
        boolean knowsNobody = packet.phase() == SessionPhase.DOWN || packet.phase() == SessionPhase.ADMIN_DOWN;
        if (packet.myDiscriminator() == 0 || packet.yourDiscriminator() == 0 && !knowsNobody) {
            return DISCRIMINATOR;
        }
        return ACCEPTED;
    }

    /** Whether a packet came over no more hops than may be. @param hopLimit with which it arrived */
    public static boolean isNear(SessionSettings settings, int hopLimit) {
        return hopLimit + settings.mostHops() >= settings.hopLimit();
    }
}

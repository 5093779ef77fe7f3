package io.steelyard.vrrp.election;

/** The states of RFC 9568 section 6.4, and keepalived's FAULT. */
public enum Phase {
    /** Not started, or stopped, or not yet known whether it may start. */
    INITIALIZE,
    /** Somebody else has the addresses, as far as is known. */
    BACKUP,
    /** We have them. */
    ACTIVE,
    /** We could not serve: adverts are not listened to, and nothing is claimed. */
    FAULT;

    /** As keepalived writes it in notifications. */
    public String keepalivedName() {
        return switch (this) {
            case INITIALIZE -> "INIT";
            case BACKUP -> "BACKUP";
            case ACTIVE -> "MASTER";
            case FAULT -> "FAULT";
        };
    }
}

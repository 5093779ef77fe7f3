package io.steelyard.api.vrrp;

/** What the checksum of a VRRPv3 message over IPv4 covers; the revisions of the RFC were read differently. */
public enum ChecksumReading {
    /** The message alone (RFC 9568 section 5.2.8; keepalived {@code v3_checksum_as_v2}). */
    RFC_9568,
    /** An IPv4 pseudo-header and the message, as most read RFC 5798 section 5.2.8; keepalived does so unless it is told otherwise. */
    RFC_5798,
    /**
     * As {@link #RFC_5798}, but the pseudo-header of unicast adverts has the group 224.0.0.18 for a destination, as keepalived before 1.3.7 worked it out
     * (keepalived {@code old_unicast_checksum}).
     */
    RFC_5798_OLD_UNICAST,
    /**
     * As {@link #RFC_5798}; a peer that is heard to use {@link #RFC_5798_OLD_UNICAST} is understood, and answered in the same way from then on. That is
     * keepalived's way unless it is told {@code old_unicast_checksum never}.
     */
    RFC_5798_ANY_UNICAST
}

package io.steelyard.api.vrrp;

/** What the checksum of a VRRPv3 message over IPv4 covers; the revisions of the RFC were read differently. */
public enum ChecksumReading {
    /** The message alone (RFC 9568 section 5.2.8; keepalived {@code v3_checksum_as_v2}). */
    RFC_9568,
    /** An IPv4 pseudo-header and the message, as most read RFC 5798 section 5.2.8; keepalived does so unless it is told otherwise. */
    RFC_5798
}

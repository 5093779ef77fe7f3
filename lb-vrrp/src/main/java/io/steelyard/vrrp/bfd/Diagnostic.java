package io.steelyard.vrrp.bfd;

/** Why a session changed its state last, in the order of the numbers on the wire (RFC 5880 section 4.1). */
public enum Diagnostic {
    NONE,
    /** Nothing was heard for the detection time. */
    DETECTION_TIME_EXPIRED,
    ECHO_FAILED,
    /** The neighbour said that it is down. */
    NEIGHBOUR_SIGNALLED_DOWN,
    FORWARDING_PLANE_RESET,
    PATH_DOWN,
    CONCATENATED_PATH_DOWN,
    ADMINISTRATIVELY_DOWN,
    REVERSE_CONCATENATED_PATH_DOWN,
    /** One of the numbers that are reserved; on the wire from neighbours only. */
    RESERVED;

    private static final Diagnostic[] ALL = values();

    /** @param number 0 to 31 */
    static Diagnostic of(int number) {
        return number < RESERVED.ordinal() ? ALL[number] : RESERVED;
    }
}

package io.steelyard.vrrp.bfd;

/**
 * State of a session, in the order of its numbers on the wire (RFC 5880 section 4.1).
 *
 * <pre>
 *            hears DOWN, is silent           hears INIT
 *   DOWN ──────────────────────────► INIT ───────────────► UP        what was heard is the neighbour's own state
 *    │  ▲          hears DOWN         ▲  │   hears INIT or UP ▲
 *    │  └─────────── silence, ADMIN_DOWN heard ───────────────┤
 *    └───────────────────── hears INIT ──────────────────────►┘       UP hears DOWN: DOWN
 * </pre>
 */
public enum SessionPhase {
    /** Switched off, or not begun. */
    ADMIN_DOWN,
    /** The neighbour is not heard, or does not hear us. */
    DOWN,
    /** The neighbour is heard; it does not know yet that it is. */
    INIT,
    /** Both hear each other. */
    UP;

    private static final SessionPhase[] ALL = values();

    /** @param number 0 to 3 */
    static SessionPhase of(int number) {
        return ALL[number & 3];
    }
}

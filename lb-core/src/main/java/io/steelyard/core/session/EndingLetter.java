package io.steelyard.core.session;

import io.steelyard.api.proxy.Forwarder;

/** The letter by which HAProxy's logs tell why a flow that could have gone on was ended: the first of its termination state. Pure. */
public final class EndingLetter {
    private EndingLetter() {}

    public static char of(Forwarder.Ending why) {
        return switch (why) {
            case SERVER_DOWN -> 'D';
            case BACKUP_NOT_NEEDED -> 'U';
            case KILLED -> 'K';
        };
    }
}

package io.steelyard.vrrp.simulation;

/**
 * Something that goes wrong for a while.
 *
 * @param atMs when it begins, from the start of the world
 * @param lastsMs how long
 * @param kind what
 * @param node whom it befalls; -1 for the witness, or {@link #WITNESS} as an end of a link
 * @param other the other end of a link, where there is one
 */
record Fault(int atMs, int lastsMs, Kind kind, int node, int other) {
    /** In place of a node: the witness. */
    static final int WITNESS = 99;

    enum Kind {
        /** Nothing gets from node to other. */
        CUT_ONE_WAY,
        /** Half of what node sends to other is lost. */
        LOSSY,
        /** What node sends to other is late by up to 400 ms, and out of order. */
        SLOW,
        /** What node sends to other comes two or three times. */
        DUPLICATED,
        /** Node hears nobody and nobody hears it, neither other nodes nor the gateway, but for the witness and by the further path. */
        ISOLATED,
        /** By the further path nothing gets from node to other. */
        PATH_CUT,
        /** Node does not reach the gateway. */
        NO_GATEWAY,
        /** Node and the witness do not hear each other. */
        CUT_FROM_WITNESS,
        /** The process stands still; its kernel does not. */
        PAUSED,
        /** Killed; another process starts afterwards. */
        KILLED,
        /** Stopped as it should be; started again afterwards. */
        STOPPED,
        /** A tracker of weight 0 is down. */
        UNHEALTHY,
        /** The time of day is off by an hour: signed adverts are stale both ways. */
        CLOCK_JUMP,
        /** The witness forgets everything. */
        WITNESS_RESTART
    }

    @Override
    public String toString() {
        return "%6d ms  %-16s node %d%s for %d ms"
                .formatted(atMs, kind, node, other < 0 ? "" : " to " + (other == WITNESS ? "witness" : other), lastsMs);
    }
}

package io.steelyard.tck;

/** What a scheduler promises beyond the contract of all; each trait switches checks of {@link SchedulerContract} on or changes them. */
public enum SchedulerTrait {
    /** Over many flows each server's share is that of its weight. */
    BY_WEIGHT,
    /** Over many flows all servers that can serve get the same, whatever their weights. Not together with {@link #BY_WEIGHT}. */
    EVEN,
    /** Equal flows (same key, client and destination) get the same server as long as nothing changes. */
    KEYED,
    /** A server that comes or goes moves no flow between the others, or few. Implies {@link #KEYED}. */
    CONSISTENT,
    /** Servers with more open flows for their weight get fewer. */
    LOAD_AWARE,
    /**
     * Where the rule's choice cannot take the flow, or the rule sees too much load, it may answer {@code NONE} though another server could
     * serve. It still answers with a server where all can serve and are idle, and never with one that cannot.
     */
    REFUSES
}

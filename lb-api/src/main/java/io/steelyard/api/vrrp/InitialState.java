package io.steelyard.api.vrrp;

/**
 * What a router is said to be at start (keepalived {@code state}). Only priority 255 makes a router active at once. With less, {@code ACTIVE}
 * does no more than to shorten the first wait inside a sync group, and it forbids {@link Preemption#NO} and a preempt delay.
 */
public enum InitialState {
    ACTIVE,
    BACKUP
}

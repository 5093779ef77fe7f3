/**
 * Who is active: a pure state machine {@code (state, event, now) → (state, effects)}. {@link io.steelyard.vrrp.election.Election} decides for one
 * virtual router, {@link io.steelyard.vrrp.election.GroupElection} for those that must agree, and {@link io.steelyard.vrrp.election.PrioritySum}
 * says what a priority is made of.
 */
package io.steelyard.vrrp.election;

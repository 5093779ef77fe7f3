/**
 * Addresses that several machines share and one of them owns at a time (VRRP: RFC 9568, RFC 3768), and what keeps two of them from owning
 * one at once. Start at {@link io.steelyard.api.vrrp.VirtualRouter}; {@link io.steelyard.api.vrrp.SplitBrainDefence} is what VRRP itself
 * has not.
 */
package io.steelyard.api.vrrp;

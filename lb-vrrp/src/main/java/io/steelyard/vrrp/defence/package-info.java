/**
 * What keeps two machines from owning one address. {@link io.steelyard.vrrp.defence.GuardedElection} joins an election with its defences and is what
 * a shell drives; each defence is a class of its own, pure in that time is passed in.
 */
package io.steelyard.vrrp.defence;

/**
 * The third place without whose lease nobody is active. {@link io.steelyard.vrrp.witness.WitnessServer} is our small one;
 * {@link io.steelyard.vrrp.witness.WitnessProvider} is what makes a client of it, of etcd, or of anything else that can keep a lease.
 */
package io.steelyard.vrrp.witness;

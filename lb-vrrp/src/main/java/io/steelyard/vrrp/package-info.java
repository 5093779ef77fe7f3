/**
 * Floating addresses for an application or a balancer. Start at {@link io.steelyard.vrrp.VirtualRouters}.
 */
package io.steelyard.vrrp;

/**
 * The schedulers of Linux IPVS, rule for rule, with the order of configuration in the place of the kernel's list order (the kernel puts each
 * server it is told of first). What the kernel calls overloaded is here a server that is full, not admitted by passive health, or was
 * already tried by the flow: it keeps its place and is skipped. A server that is down or disabled is not on the list at all, as keepalived
 * takes it out of the kernel; one of weight 0 or draining stays on the list and gets nothing.
 */
package io.steelyard.schedulers.lvs;

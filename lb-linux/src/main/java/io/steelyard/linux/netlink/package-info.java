/**
 * The kernel's tables of links, addresses, routes and rules (rtnetlink(7)): read, changed and watched without a child process.
 *
 * <p>Start at {@link io.steelyard.linux.netlink.AddressTable}, {@link io.steelyard.linux.netlink.LinkTable},
 * {@link io.steelyard.linux.netlink.RouteTable} and {@link io.steelyard.linux.netlink.RuleTable}, all of which use a
 * {@link io.steelyard.linux.netlink.NetlinkSocket}; {@link io.steelyard.linux.netlink.NetworkMonitor} tells of changes that others make.
 * {@link io.steelyard.linux.netlink.NetlinkMessage} and {@link io.steelyard.linux.netlink.NetlinkReader} are the pure codec below them.
 *
 * <p>What the kernel refuses comes as a {@link io.steelyard.linux.netlink.NetlinkException} that says what was attempted and the kernel's
 * own reason. A socket belongs to the network namespace of the thread that opened it. Nothing here is for the data path: it allocates.
 */
package io.steelyard.linux.netlink;

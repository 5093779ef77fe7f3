/**
 * Virtual routers: VRRP on the wire ({@link io.steelyard.vrrp.wire}), who is active ({@link io.steelyard.vrrp.election}), how neighbours are told
 * ({@link io.steelyard.vrrp.announce}), and what keeps two machines from owning one address ({@link io.steelyard.vrrp.defence}). All of it is
 * pure: no socket is opened and no clock is read. Start at {@link io.steelyard.vrrp.defence.GuardedElection}.
 */
@org.jspecify.annotations.NullMarked
module io.steelyard.vrrp {
    requires transitive io.steelyard.api;
    requires static org.jspecify;

    exports io.steelyard.vrrp.announce;
    exports io.steelyard.vrrp.defence;
    exports io.steelyard.vrrp.election;
    exports io.steelyard.vrrp.wire;
}

/**
 * Virtual routers. {@link io.steelyard.vrrp} runs them. What decides is pure, opens no socket and reads no clock: VRRP on the wire
 * ({@link io.steelyard.vrrp.wire}), who is active ({@link io.steelyard.vrrp.election}), when neighbours are told
 * ({@link io.steelyard.vrrp.announce}), whether a neighbour is there ({@link io.steelyard.vrrp.bfd}), and what keeps two machines from owning one
 * address ({@link io.steelyard.vrrp.defence}).
 */
@org.jspecify.annotations.NullMarked
module io.steelyard.vrrp {
    requires transitive io.steelyard.api;
    requires io.steelyard.linux;
    requires java.net.http;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.steelyard.vrrp;
    exports io.steelyard.vrrp.announce;
    exports io.steelyard.vrrp.bfd;
    exports io.steelyard.vrrp.defence;
    exports io.steelyard.vrrp.election;
    exports io.steelyard.vrrp.fencing;
    exports io.steelyard.vrrp.wire;
    exports io.steelyard.vrrp.witness;

    uses io.steelyard.vrrp.fencing.FencingProvider;
    uses io.steelyard.vrrp.witness.WitnessProvider;

    provides io.steelyard.api.vrrp.VirtualRouterProvider with
            io.steelyard.vrrp.VrrpProvider;
    provides io.steelyard.vrrp.fencing.FencingProvider with
            io.steelyard.vrrp.system.ScriptFencingProvider;
    provides io.steelyard.vrrp.witness.WitnessProvider with
            io.steelyard.vrrp.witness.EtcdWitnessProvider,
            io.steelyard.vrrp.witness.SteelyardWitnessProvider;
}

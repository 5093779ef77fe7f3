package io.steelyard.vrrp.defence;

import io.steelyard.vrrp.election.Phase;
import java.util.List;

/**
 * What one node tells the others on the heartbeat paths. Immutable.
 *
 * @param node its name, at most 255 bytes of UTF-8
 * @param sequence grows from report to report of a node, and from process to process; a report with no greater one is a replay
 * @param routers its virtual routers, at most 255
 * @param hears the nodes it heard lately, at most 255
 */
public record PeerReport(String node, long sequence, List<Router> routers, List<String> hears) {
    /**
     * One of its virtual routers.
     *
     * @param configuration as the node has it
     * @param phase its state
     * @param priority 0 to 255
     * @param epoch of its lease; 0 without a witness
     */
    public record Router(ConfigFingerprint configuration, Phase phase, int priority, long epoch) {}

    public PeerReport {
        routers = List.copyOf(routers);
        hears = List.copyOf(hears);
    }
}

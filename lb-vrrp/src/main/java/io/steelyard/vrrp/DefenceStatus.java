package io.steelyard.vrrp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a virtual router's defences against two owners see, and what they decided. Immutable.
 *
 * @param pending what a claim waits for now; absent where there is no claim
 * @param decisions what the defences reported, the latest first; at most 32
 * @param lifetime for how long the kernel keeps the addresses untold; absent for ever
 * @param lease at the witness; absent without a witness
 * @param reachability absent where it is not asked for
 * @param peers the other nodes, as heard on the further paths
 * @param hearing who hears whom, each pair once, as each node says itself
 */
public record DefenceStatus(
        Optional<String> pending,
        List<Decision> decisions,
        Optional<Duration> lifetime,
        Optional<Lease> lease,
        Optional<Reachability> reachability,
        List<Peer> peers,
        List<Hearing> hearing) {
    public DefenceStatus {
        decisions = List.copyOf(decisions);
        peers = List.copyOf(peers);
        hearing = List.copyOf(hearing);
    }

    /**
     * Something that was reported.
     *
     * @param ago how long ago
     * @param text for people
     */
    public record Decision(Duration ago, RouterEvent.Kind kind, String text) {}

    /**
     * The lease.
     *
     * @param witness which
     * @param left for how long it is ours; absent where it is not
     * @param epoch how often it changed hands, as far as we know
     * @param answered how long ago the witness answered last; absent where it never did
     * @param problem why the last question failed; absent where it did not
     */
    public record Lease(
            String witness,
            Optional<Duration> left,
            long epoch,
            Optional<Duration> answered,
            Optional<String> problem) {}

    /**
     * Whether this machine is on the network.
     *
     * @param isIsolated what the vote says
     * @param leastAnswers how many must answer
     * @param hosts who is asked
     */
    public record Reachability(boolean isIsolated, int leastAnswers, List<Host> hosts) {
        public Reachability {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * A host that is asked whether it is there.
     *
     * @param address its address, or that there is no gateway
     * @param answered how long ago it answered last; absent where it never did
     */
    public record Host(String address, Optional<Duration> answered) {}

    /**
     * Another node.
     *
     * @param node its name
     * @param phase of its router of the same number, as it says; absent where it has none
     * @param priority of that router; 0 where it has none
     * @param paths each further path
     * @param differences of its configuration from ours, such as {@code intervalMs: 1000, 2000}
     */
    public record Peer(
            String node,
            Optional<io.steelyard.vrrp.election.Phase> phase,
            int priority,
            List<Path> paths,
            List<String> differences) {
        public Peer {
            paths = List.copyOf(paths);
            differences = List.copyOf(differences);
        }
    }

    /**
     * A path from a node to us.
     *
     * @param name of the path
     * @param heard how long ago the node was heard on it; absent where it never was
     * @param isSilent longer than it should be
     */
    public record Path(String name, Optional<Duration> heard, boolean isSilent) {}

    /**
     * One node hears another.
     *
     * @param isMutual whether the other hears it, too
     */
    public record Hearing(String listener, String speaker, boolean isMutual) {}
}

package io.steelyard.vrrp;

import io.steelyard.vrrp.bfd.Diagnostic;
import io.steelyard.vrrp.bfd.SessionPhase;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.PrioritySum;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a virtual router at one moment, and why it is as it is. Immutable. Durations that look back are of a clock that never goes back.
 *
 * @param name its name
 * @param virtualRouterId 1 to 255
 * @param interfaceName where it is
 * @param sourceAddress what its adverts come from; absent where there is none
 * @param phase its state
 * @param inPhase since how long it has this state
 * @param reason why it has this state; absent before the start
 * @param untilTimer how long until its timer: the next advert of an active router, the claim of a backup; absent where none runs
 * @param advertInterval its own
 * @param priority what it says in adverts, and what that is made of
 * @param unhealthy why it cannot serve; absent where it can
 * @param active who is active as far as a backup knows; absent while nobody is heard, and while this router is active itself
 * @param heard the last advert of each sender, the latest first; at most 16 senders
 * @param addresses what it has while it is active
 * @param sessions the BFD sessions among its trackers and its group's
 * @param defences what its defences see and decide
 * @param counters by keepalived's names; and {@code kernel_refusals}, addresses and the like that the kernel refused, {@code address_conflicts},
 *     claims of others to addresses that this router had, {@code script_hung}, runs of its scripts that had to be ended
 */
public record RouterStatus(
        String name,
        int virtualRouterId,
        String interfaceName,
        Optional<String> sourceAddress,
        Phase phase,
        Duration inPhase,
        Optional<Effect.Reason> reason,
        Optional<Duration> untilTimer,
        Duration advertInterval,
        PrioritySum priority,
        Optional<String> unhealthy,
        Optional<HeardAdvert> active,
        List<HeardAdvert> heard,
        List<HeldAddress> addresses,
        List<TrackedSession> sessions,
        DefenceStatus defences,
        Map<String, Long> counters) {
    public RouterStatus {
        heard = List.copyOf(heard);
        addresses = List.copyOf(addresses);
        sessions = List.copyOf(sessions);
        counters = Map.copyOf(counters);
    }

    /**
     * The last accepted advert of one sender.
     *
     * @param address of the sender
     * @param priority 0 to 255; 0 says good-bye
     * @param ago how long ago it was heard
     * @param interval of the sender's adverts as it says
     * @param count how many came from it
     */
    public record HeardAdvert(String address, int priority, Duration ago, Duration interval, long count) {}

    /**
     * One of the router's addresses.
     *
     * @param address with its prefix
     * @param isAdvertised whether adverts list it
     * @param isHeld whether this machine's kernel has it
     */
    public record HeldAddress(String address, boolean isAdvertised, boolean isHeld) {}

    /**
     * A BFD session.
     *
     * @param tracker its name
     * @param neighbour its address
     * @param phase the session's state here
     * @param since for how long it has that state
     * @param diagnostic why
     * @param remotePhase the neighbour's state as it said last
     * @param remoteDiagnostic why, as the neighbour said
     * @param sendInterval from one packet to the next, before jitter
     * @param detectionTime how long the neighbour may be silent; absent while it is not heard
     * @param problem why it cannot speak or hear; absent where it can
     * @param counters of packets
     */
    public record TrackedSession(
            String tracker,
            String neighbour,
            SessionPhase phase,
            Duration since,
            Diagnostic diagnostic,
            SessionPhase remotePhase,
            Diagnostic remoteDiagnostic,
            Duration sendInterval,
            Optional<Duration> detectionTime,
            Optional<String> problem,
            Map<String, Long> counters) {
        public TrackedSession {
            counters = Map.copyOf(counters);
        }
    }
}

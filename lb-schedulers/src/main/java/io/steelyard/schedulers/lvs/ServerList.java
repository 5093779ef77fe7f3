package io.steelyard.schedulers.lvs;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What IPVS schedulers have in common: the kernel's idea of which servers are on the list, and of load. */
final class ServerList {
    private ServerList() {}

    /** Whether the kernel would know the server: it takes flows, or is quiesced by weight 0 or by draining. */
    static boolean isListed(Candidates candidates, int index) {
        return candidates.isUsable(index)
                || candidates.weight(index) == 0
                || candidates.server(index).adminState() == AdminState.DRAINING;
    }

    /** The weight the kernel would see: 0 for a server that takes no new flows. */
    static int weight(Candidates candidates, int index) {
        return candidates.isUsable(index) ? candidates.weight(index) : 0;
    }

    /** How busy a server is: an active flow counts as much as 256 that are over but tracked. */
    static long overhead(Candidates candidates, int index) {
        long flows = candidates.flows(index);
        return (flows >> Integer.SIZE << 8) + (int) flows;
    }

    /** The indexes of the usable servers, the greatest weight first, in configuration order among equals. */
    static int[] byWeight(Candidates candidates) {
        return IntStream.range(0, candidates.size())
                .filter(candidates::isUsable)
                .boxed()
                .sorted(Comparator.comparingInt(candidates::weight).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** An IPv6 address folded to 32 bits as the kernel does it, by exclusive or of its words; an IPv4 address is itself. */
    static int fold(long high, long low, boolean isIpv4) {
        return isIpv4 ? (int) low : (int) (high >>> 32) ^ (int) high ^ (int) (low >>> 32) ^ (int) low;
    }

    static int foldedClient(Flow flow) {
        return fold(flow.clientHigh(), flow.clientLow(), flow.isClientIpv4());
    }

    static int foldedDestination(Flow flow) {
        return fold(flow.destinationHigh(), flow.destinationLow(), flow.isDestinationIpv4());
    }
}

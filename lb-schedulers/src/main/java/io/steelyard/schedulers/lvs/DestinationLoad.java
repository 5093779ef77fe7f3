package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import java.util.List;

/** What {@code lvs.lblc} and {@code lvs.lblcr} share: their options, and when a server is too busy to keep its destinations. */
final class DestinationLoad {
    private DestinationLoad() {}

    /** How many destinations are remembered, and for how long. */
    static List<OptionSpec> options(String expirationMeaning) {
        return List.of(
                OptionSpec.integer(
                        "table-size",
                        16_384,
                        "destinations remembered, 8 to 1048576; the least recently used make room"),
                OptionSpec.duration("expiration", "1d", expirationMeaning));
    }

    static int tableSize(Options options) {
        long size = options.integer("table-size");
        if (size < 8 || size > 1 << 20) {
            throw new IllegalArgumentException("table-size is " + size + ", expected 8 to 1048576");
        }
        return (int) size;
    }

    static int expirationTicks(Options options) {
        return (int)
                Math.min(options.duration("expiration").toNanos() >> DestinationTable.TICK_BITS, Integer.MAX_VALUE);
    }

    /** Whether a server has more active flows than its weight while another has less than half of its own. */
    static boolean isOverloaded(Candidates candidates, int index) {
        if (candidates.active(index) <= candidates.weight(index)) {
            return false;
        }
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.isUsable(i) && candidates.active(i) * 2L < candidates.weight(i)) {
                return true;
            }
        }
        return false;
    }
}

package io.steelyard.schedulers.consistent;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;

/**
 * Highest random weight (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN 1998), with weights by the
 * logarithmic method (Schindelhauer and Schomaker, SPAA 2005): each server has, for each key, a number u between 0 and 1 that follows from
 * both; the least {@code -ln(u) / weight} wins. A server that comes or goes, or changes its weight, moves just its own keys.
 */
final class Rendezvous {
    private Rendezvous() {}

    /** What tells the servers apart: a hash of each one's id. */
    static long[] salts(Candidates candidates) {
        var salts = new long[candidates.size()];
        for (int i = 0; i < salts.length; i++) {
            salts[i] = KeyHash.of(candidates.id(i));
        }
        return salts;
    }

    /** The eligible server that wins the key, servers told apart by {@code salts}; {@link Picker#NONE} where none is eligible. */
    static int pick(Candidates candidates, long[] salts, long hash, Flow flow) {
        int best = Picker.NONE;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < salts.length; i++) {
            if (!candidates.isEligible(i, flow)) {
                continue;
            }
            int weight = candidates.weight(i);
            double u = ((KeyHash.mix(hash ^ salts[i]) >>> 11) + 0.5) * 0x1p-53;
            // -ln(u) is never below 1 - u, so that most servers need no logarithm.
            if (1 - u < least * weight) {
                double score = -Math.log(u) / weight;
                if (score < least) {
                    least = score;
                    best = i;
                }
            }
        }
        return best;
    }
}

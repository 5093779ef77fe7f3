package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.ip_hash}: by the first three bytes of an IPv4 client address, or all sixteen of an IPv6 one; a client without an address
 * counts as three zero bytes. For each byte {@code hash = (hash * 113 + byte) mod 6271}, beginning with 89; {@code hash} modulo the sum of
 * all weights gives a server. Where that one cannot take the flow the bytes are hashed once more, going on from the hash, up to twenty times,
 * and then round robin decides.
 */
public final class IpHashProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "nginx.ip_hash";
    }

    @Override
    public String description() {
        return "by a hash of the client's network: clients keep their server";
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    @Override
    public Scheduler create(Options options) {
        return IpHashPicker::new;
    }

    private static final class IpHashPicker extends RotatingPicker {
        private static final int SEED = 89;

        private final WeightedSlots slots;

        IpHashPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
            slots = new WeightedSlots(candidates);
        }

        @Override
        public int pick(Flow flow) {
            int total = slots.total();
            if (candidates.size() > 1 && total > 0) {
                boolean isIpv6 = flow.hasClientAddress() && !flow.isClientIpv4();
                int network = flow.hasClientAddress() ? (int) flow.clientLow() : 0;
                int hash = SEED;
                for (int tries = 0; tries <= MAX_TRIES; tries++) {
                    hash = isIpv6
                            ? addLong(addLong(hash, flow.clientHigh()), flow.clientLow())
                            : addByte(addByte(addByte(hash, network >>> 24), network >>> 16), network >>> 8);
                    int index = slots.serverAt(hash % total);
                    if (candidates.isEligible(index, flow)) {
                        return index;
                    }
                }
            }
            return rotation.pick(flow);
        }

        private static int addByte(int hash, int value) {
            return (hash * 113 + (value & 0xFF)) % 6271;
        }

        private static int addLong(int hash, long value) {
            int sum = hash;
            for (int shift = 56; shift >= 0; shift -= 8) {
                sum = addByte(sum, (int) (value >>> shift));
            }
            return sum;
        }
    }
}

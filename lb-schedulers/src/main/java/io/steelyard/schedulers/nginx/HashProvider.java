package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.hash.Crc32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.hash}: by the flow's key, as Cache::Memcached does it. Each round adds bits 16 to 30 of the CRC-32 of
 * {@code [round] key} (the round in decimal, left out in round 0) to a sum; the sum modulo the sum of all weights gives a server. Where that
 * one cannot take the flow the next round is tried, up to twenty times more, and then round robin decides, as it does for a flow without a
 * key. With {@code consistent=true} it is ketama: see {@link KetamaPicker}.
 */
public final class HashProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "nginx.hash";
    }

    @Override
    public String description() {
        return "by a hash of the key, modulo or (consistent=true) ketama";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(OptionSpec.flag("consistent", "ketama: a server that comes or goes moves few keys"));
    }

    @Override
    public boolean usesHashKey() {
        return true;
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    @Override
    public Scheduler create(Options options) {
        return options.flag("consistent") ? KetamaPicker::new : HashPicker::new;
    }

    private static final class HashPicker extends RotatingPicker {
        private final WeightedSlots slots;

        HashPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
            slots = new WeightedSlots(candidates);
        }

        @Override
        public int pick(Flow flow) {
            int total = slots.total();
            if (flow.hasKey() && candidates.size() > 1 && total > 0) {
                int sum = 0;
                for (int round = 0; round <= MAX_TRIES; round++) {
                    sum += Crc32.finish(addKey(round, flow)) >>> 16 & 0x7FFF;
                    int index = slots.serverAt(sum % total);
                    if (candidates.isEligible(index, flow)) {
                        return index;
                    }
                }
            }
            return rotation.pick(flow);
        }

        private static int addKey(int round, Flow flow) {
            int register = Crc32.start();
            if (round >= 10) {
                register = Crc32.updateByte(register, '0' + round / 10);
            }
            if (round > 0) {
                register = Crc32.updateByte(register, '0' + round % 10);
            }
            return Crc32.update(register, flow.key(), flow.keyLength());
        }
    }
}

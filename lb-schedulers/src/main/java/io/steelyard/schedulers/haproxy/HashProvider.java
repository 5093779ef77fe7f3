package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;

/**
 * {@code haproxy.hash}: by a hash of the flow's key; {@code uri}, {@code hdr} and {@code url_param} are the same with other keys. The hash
 * chooses from a {@link ServerMap} or, with {@code hash-type=consistent}, from a {@link ConsistentRing}; a flow without a key takes the
 * next slot or node of it.
 */
public final class HashProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "haproxy.hash";
    }

    @Override
    public String description() {
        return "by a hash of the key, over a map or consistent";
    }

    @Override
    public List<OptionSpec> options() {
        return HashedPicker.OPTIONS;
    }

    @Override
    public boolean usesHashKey() {
        return true;
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    /** @throws IllegalArgumentException where the balance factor is out of range */
    @Override
    public Scheduler create(Options options) {
        return HashedPicker.scheduler(options, false);
    }
}

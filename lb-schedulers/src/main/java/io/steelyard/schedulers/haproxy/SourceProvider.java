package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;

/**
 * {@code haproxy.source}: as {@code haproxy.hash}, but by the client's address. Its hash is the exclusive-or of the address's 32-bit words; the
 * {@code function} option changes nothing, {@code avalanche} does.
 */
public final class SourceProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "haproxy.source";
    }

    @Override
    public String description() {
        return "by the client's address, over a map or consistent";
    }

    @Override
    public List<OptionSpec> options() {
        return HashedPicker.OPTIONS;
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    /** @throws IllegalArgumentException where the balance factor is out of range */
    @Override
    public Scheduler create(Options options) {
        return HashedPicker.scheduler(options, true);
    }
}

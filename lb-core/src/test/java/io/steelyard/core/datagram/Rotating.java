package io.steelyard.core.datagram;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.concurrent.atomic.AtomicInteger;

/** Picks the eligible servers in turn; with a hash key, the one that the sum of its bytes says. */
final class Rotating implements SchedulerProvider {
    @Override
    public String name() {
        return "rotating";
    }

    @Override
    public String description() {
        return "each in turn";
    }

    @Override
    public boolean usesHashKey() {
        return true;
    }

    @Override
    public Scheduler create(Options options) {
        return (servers, previous) -> {
            var turn = new AtomicInteger();
            return flow -> pick(servers, flow, flow.hasKey() ? sum(flow) : turn.getAndIncrement());
        };
    }

    private static int pick(Candidates servers, Flow flow, int from) {
        for (int i = 0; i < servers.size(); i++) {
            int at = (from + i) % servers.size();
            if (servers.isEligible(at, flow)) {
                return at;
            }
        }
        return Picker.NONE;
    }

    private static int sum(Flow flow) {
        int sum = 0;
        for (int i = 0; i < flow.keyLength(); i++) {
            sum += flow.key()[i];
        }
        return sum;
    }
}

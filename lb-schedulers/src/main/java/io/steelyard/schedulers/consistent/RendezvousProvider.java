package io.steelyard.schedulers.consistent;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/**
 * {@code rendezvous}: the server that wins the key's draw of {@link Rendezvous}. No change moves a key between two servers that stay, and
 * shares follow the weights exactly; the price is that each pick looks at every server. For many servers take {@code maglev}.
 */
public final class RendezvousProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "rendezvous";
    }

    @Override
    public String description() {
        return "consistent hash of the key by highest random weight; a change moves just the keys it must";
    }

    @Override
    public boolean usesHashKey() {
        return true;
    }

    /** A weight that grows takes keys, but moves none between the others. */
    @Override
    public boolean followsWeightChanges() {
        return true;
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> new RendezvousPicker(candidates, Rendezvous.salts(candidates));
    }

    private record RendezvousPicker(Candidates candidates, long[] salts) implements Picker {
        @Override
        public int pick(Flow flow) {
            return Rendezvous.pick(candidates, salts, KeyHash.of(flow), flow);
        }
    }
}

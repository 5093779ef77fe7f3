package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;

/**
 * {@code lvs.mh}: Maglev hashing of the client address, with {@code port} also of its port (Eisenbud et al., "Maglev", NSDI 2016). Each
 * server claims places of a table in an order of its own, as many in each turn as it weighs against the others.
 *
 * <p>The table follows the last weight above 0 of each server, so that one set to 0 keeps its places and moves nobody else's clients:
 * they are refused, or with {@code fallback} spread over the others by hashing again.
 */
public final class MaglevHashProvider implements SchedulerProvider {
    private static final List<String> SIZES =
            List.of("4093", "251", "509", "1021", "2039", "8191", "16381", "32749", "65521", "131071");

    @Override
    public String name() {
        return "lvs.mh";
    }

    @Override
    public String description() {
        return "Maglev hash of the client address, refusing where its server cannot serve unless fallback is on";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.flag("port", "hash the client's port too (ipvsadm: mh-port)"),
                OptionSpec.flag("fallback", "hash again where the server cannot serve (ipvsadm: mh-fallback)"),
                OptionSpec.choice("size", SIZES, "places of the table (kernel: CONFIG_IP_VS_MH_TAB_INDEX)"));
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    @Override
    public Scheduler create(Options options) {
        boolean withPort = options.flag("port");
        boolean withFallback = options.flag("fallback");
        int size = (int) options.integer("size");
        return (candidates, previous) -> new MaglevPicker(
                candidates,
                KernelMaglevTable.build(
                        candidates, previous instanceof MaglevPicker before ? before.table : null, size),
                withPort,
                withFallback);
    }

    private record MaglevPicker(Candidates candidates, KernelMaglevTable table, boolean withPort, boolean withFallback)
            implements Picker {
        @Override
        public int pick(Flow flow) {
            int value = ServerList.foldedClient(flow) + (withPort ? flow.clientPort() : 0);
            int place = table.place(value);
            int index = table.server(place);
            if (index == NONE || candidates.isEligible(index, flow)) {
                return index;
            }
            return withFallback && isAnyEligible(flow) ? again(flow, value, place) : NONE;
        }

        private int again(Flow flow, int value, int place) {
            for (int offset = 0; offset < table.size(); offset++) {
                int index = table.server(table.place((offset + place) % table.size() + value));
                if (candidates.isEligible(index, flow)) {
                    return index;
                }
            }
            return NONE;
        }

        private boolean isAnyEligible(Flow flow) {
            for (int i = 0; i < candidates.size(); i++) {
                if (candidates.isEligible(i, flow)) {
                    return true;
                }
            }
            return false;
        }
    }
}

package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.LeastLoaded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code lvs.lblc}: a destination address stays with the server it was given first, chosen as by {@code lvs.wlc}, until that one cannot serve
 * or is overloaded (more active flows than its weight, while another has fewer than half of its own). For caches behind transparent routing.
 *
 * <p>The kernel's table grows and is swept; ours has {@code table-size} entries, of which the least recently used make room, and an entry
 * not used for {@code expiration} is forgotten.
 */
public final class LocalityLeastConnectionProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.lblc";
    }

    @Override
    public String description() {
        return "each destination address with one server, another by least connections when that is overloaded";
    }

    @Override
    public List<OptionSpec> options() {
        return DestinationLoad.options("how long an unused destination is remembered");
    }

    @Override
    public Scheduler create(Options options) {
        int tableSize = DestinationLoad.tableSize(options);
        int expirationTicks = DestinationLoad.expirationTicks(options);
        return (candidates, previous) ->
                new LocalityPicker(candidates, tableOf(previous, candidates, tableSize), expirationTicks);
    }

    private static DestinationTable tableOf(@Nullable Picker previous, Candidates candidates, int tableSize) {
        return previous instanceof LocalityPicker before && before.table.hasNumbersFor(candidates)
                ? before.table
                : new DestinationTable(tableSize);
    }

    private static final class LocalityPicker implements Picker {
        private final Candidates candidates;
        private final LeastLoaded leastLoaded;
        private final DestinationTable table;
        private final int expirationTicks;
        private final int[] numbers;
        private final int[] indexes;

        LocalityPicker(Candidates candidates, DestinationTable table, int expirationTicks) {
            this.candidates = candidates;
            leastLoaded = LeastLoaded.tracked(candidates);
            this.table = table;
            this.expirationTicks = expirationTicks;
            numbers = table.numbersOf(candidates);
            indexes = table.indexesOf(numbers);
        }

        @Override
        public int pick(Flow flow) {
            int tick = DestinationTable.tick(flow.nowNs());
            int known = known(flow, tick);
            if (known != NONE
                    && candidates.isEligible(known, flow)
                    && !DestinationLoad.isOverloaded(candidates, known)) {
                return known;
            }
            int index = leastLoaded.pick(flow);
            if (index != NONE) {
                table.insert(flow, numbers[index], tick);
            }
            return index;
        }

        private int known(Flow flow, int tick) {
            int entry = table.find(flow);
            if (entry < 0) {
                return NONE;
            }
            long version = table.version(entry);
            int number = DestinationTable.number(table.servers(entry, 0), 0);
            int age = tick - table.lastUse(entry);
            if (!table.isUnchanged(entry, version, flow) || age > expirationTicks) {
                return NONE;
            }
            table.touch(entry, tick);
            // A number given since this picker was built is not one of its candidates.
            return number < indexes.length ? indexes[number] : NONE;
        }
    }
}

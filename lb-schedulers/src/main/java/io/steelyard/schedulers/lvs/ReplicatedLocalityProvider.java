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
 * {@code lvs.lblcr}: as {@code lvs.lblc}, but a destination address has a set of servers. The least loaded of them is taken; when that cannot
 * serve or is overloaded, the least loaded of all is taken and joins the set, newest first. A set of several that did not change for
 * {@code expiration} loses its most loaded server.
 *
 * <p>The kernel's sets and table grow; ours hold eight servers, the oldest of which makes room, and {@code table-size} entries, of which the
 * least recently used make room.
 */
public final class ReplicatedLocalityProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.lblcr";
    }

    @Override
    public String description() {
        return "each destination address with a set of servers that grows when they are overloaded";
    }

    @Override
    public List<OptionSpec> options() {
        return DestinationLoad.options("how long a set of servers stays unchanged until it shrinks by one");
    }

    @Override
    public Scheduler create(Options options) {
        int tableSize = DestinationLoad.tableSize(options);
        int expirationTicks = DestinationLoad.expirationTicks(options);
        return (candidates, previous) ->
                new ReplicatedPicker(candidates, tableOf(previous, candidates, tableSize), expirationTicks);
    }

    private static DestinationTable tableOf(@Nullable Picker previous, Candidates candidates, int tableSize) {
        return previous instanceof ReplicatedPicker before && before.table.hasNumbersFor(candidates)
                ? before.table
                : new DestinationTable(tableSize);
    }

    private static final class ReplicatedPicker implements Picker {
        private static final int HALF = DestinationTable.SET_SIZE / 2;

        private final Candidates candidates;
        private final LeastLoaded leastOfAll;
        private final DestinationTable table;
        private final int expirationTicks;
        private final int[] numbers;
        private final int[] indexes;

        ReplicatedPicker(Candidates candidates, DestinationTable table, int expirationTicks) {
            this.candidates = candidates;
            leastOfAll = LeastLoaded.tracked(candidates);
            this.table = table;
            this.expirationTicks = expirationTicks;
            numbers = table.numbersOf(candidates);
            indexes = table.indexesOf(numbers);
        }

        @Override
        public int pick(Flow flow) {
            int tick = DestinationTable.tick(flow.nowNs());
            int entry = table.find(flow);
            if (entry < 0) {
                int index = leastOfAll.pick(flow);
                if (index != NONE) {
                    table.insert(flow, numbers[index], tick);
                }
                return index;
            }
            long version = table.version(entry);
            long front = table.servers(entry, 0);
            long back = table.servers(entry, 1);
            int lastChange = table.lastChange(entry);
            if (!table.isUnchanged(entry, version, flow)) {
                return leastOfAll.pick(flow);
            }
            table.touch(entry, tick);
            return pickFrom(entry, version, front, back, lastChange, flow, tick);
        }

        /** Picks for a destination with the servers {@code front} and {@code back}, and notes what becomes of its set. */
        private int pickFrom(int entry, long version, long front, long back, int lastChange, Flow flow, int tick) {
            int index = leastLoaded(front, back, flow);
            long newFront = front;
            long newBack = back;
            if (DestinationTable.number(front, 1) != 0 && tick - lastChange > expirationTicks) {
                int position = mostLoaded(front, back);
                newFront = frontWithout(front, back, position);
                newBack = backWithout(back, position);
            }
            if (index == NONE || DestinationLoad.isOverloaded(candidates, index)) {
                index = leastOfAll.pick(flow);
                if (index != NONE && !contains(newFront, newBack, numbers[index])) {
                    newBack = DestinationTable.prepend(newBack, DestinationTable.number(newFront, HALF - 1));
                    newFront = DestinationTable.prepend(newFront, numbers[index]);
                }
            }
            if (newFront != front || newBack != back) {
                table.replace(entry, version, newFront, newBack, tick, tick);
            }
            return index;
        }

        private static long frontWithout(long front, long back, int position) {
            return position < 0 || position >= HALF
                    ? front
                    : DestinationTable.without(front, position) | (long) DestinationTable.number(back, 0) << 48;
        }

        private static long backWithout(long back, int position) {
            return position < 0 ? back : DestinationTable.without(back, Math.max(position - HALF, 0));
        }

        private int numberAt(long front, long back, int position) {
            return position < HALF
                    ? DestinationTable.number(front, position)
                    : DestinationTable.number(back, position - HALF);
        }

        /** The index of the server with a number, {@link #NONE} where it is not, or not yet, one of the candidates. */
        private int index(int number) {
            return number < indexes.length ? indexes[number] : NONE;
        }

        private boolean contains(long front, long back, int number) {
            for (int position = 0; position < DestinationTable.SET_SIZE; position++) {
                if (numberAt(front, back, position) == number) {
                    return true;
                }
            }
            return false;
        }

        /** The index of the eligible server of a set with the least overhead for its weight, the newest on ties. */
        private int leastLoaded(long front, long back, Flow flow) {
            int least = NONE;
            for (int position = 0; position < DestinationTable.SET_SIZE; position++) {
                int index = index(numberAt(front, back, position));
                if (index != NONE
                        && candidates.isEligible(index, flow)
                        && (least == NONE
                                || ServerList.overhead(candidates, least) * candidates.weight(index)
                                        > ServerList.overhead(candidates, index) * candidates.weight(least))) {
                    least = index;
                }
            }
            return least;
        }

        /** The position in a set of the usable server with the greatest overhead for its weight, the newest on ties; -1 for none. */
        private int mostLoaded(long front, long back) {
            int most = -1;
            int mostIndex = NONE;
            for (int position = 0; position < DestinationTable.SET_SIZE; position++) {
                int index = index(numberAt(front, back, position));
                if (index != NONE
                        && candidates.isUsable(index)
                        && (mostIndex == NONE
                                || ServerList.overhead(candidates, mostIndex) * candidates.weight(index)
                                        < ServerList.overhead(candidates, index) * candidates.weight(mostIndex))) {
                    most = position;
                    mostIndex = index;
                }
            }
            return most;
        }
    }
}

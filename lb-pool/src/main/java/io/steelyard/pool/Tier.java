package io.steelyard.pool;

import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one tier within a {@link PoolSnapshot}: candidates, the picker built for them, and what taking a server needs. Immutable but
 * for the mark that the picker threw.
 */
final class Tier {
    /**
     * One server as the tier has it.
     *
     * @param weight its weight now, perhaps multiplied
     * @param isUsable whether schedulers may give it to flows
     * @param isReachable whether affinity may
     */
    record Seat(
            Member member,
            RealServer server,
            int weight,
            boolean isUsable,
            boolean isReachable,
            @Nullable PassiveGate gate) {}

    /** What became of an attempt to take a server. */
    enum Taking {
        TAKEN,
        FULL,
        NOT_ADMITTED
    }

    private static final VarHandle BROKEN;

    static {
        try {
            BROKEN = MethodHandles.lookup().findVarHandle(Tier.class, "isBroken", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The configured number: 0 for primary. */
    final int number;

    final List<Seat> seats;
    final Candidates candidates;
    final Picker picker;
    final boolean hasResumeMarks;
    final Member[] members;
    final @Nullable PassiveGate[] gates;
    private final int[] limits;
    private final int[] resumeMarks;
    private final boolean[] reachable;

    /** What failures of real traffic say to checks, by server. */
    final @Nullable Observation[] observations;

    private final Consumer<String> trouble;

    /**
     * Set by the thread on which the picker threw, read by all: opaque, since a thread that reads it late only asks the broken picker once
     * more.
     */
    @SuppressWarnings("unused") // through BROKEN
    private boolean isBroken;

    /**
     * A tier.
     *
     * @param hasResumeMarks whether a full server takes flows again only below its resume mark (LVS)
     * @param trouble told once, on a data thread, that the picker misbehaves
     */
    Tier(
            int number,
            List<Seat> seats,
            Candidates candidates,
            Picker picker,
            boolean hasResumeMarks,
            Consumer<String> trouble) {
        this.number = number;
        this.seats = seats;
        this.candidates = candidates;
        this.picker = picker;
        this.hasResumeMarks = hasResumeMarks;
        this.trouble = trouble;
        int size = seats.size();
        members = new Member[size];
        gates = new PassiveGate[size];
        limits = new int[size];
        resumeMarks = new int[size];
        reachable = new boolean[size];
        observations = new Observation[size];
        for (int i = 0; i < size; i++) {
            var seat = seats.get(i);
            members[i] = seat.member();
            gates[i] = seat.gate();
            limits[i] = seat.server().maxConnections();
            resumeMarks[i] = seat.server().resumeConnections();
            reachable[i] = seat.isReachable();
            observations[i] = seat.server().observation().orElse(null);
        }
    }

    int size() {
        return members.length;
    }

    boolean isReachable(int index) {
        return reachable[index];
    }

    /** Asks the picker. One that throws, or gives a server it may not give, is replaced by a random choice. */
    int pick(Flow flow) {
        if (!(boolean) BROKEN.getOpaque(this)) {
            try {
                int index = picker.pick(flow);
                if (index == Picker.NONE
                        || (index >= 0
                                && index < members.length
                                && candidates.isUsable(index)
                                && !flow.hasTried(index))) {
                    return index;
                }
                distrust("gave a server that it may not give");
            } catch (RuntimeException | Error thrown) {
                distrust("threw " + thrown);
            }
        }
        return pickAtRandom(flow);
    }

    /**
     * Takes a place on a server.
     *
     * @param ignoresLimit whether it is taken even where the server is full
     */
    Taking take(int index, boolean ignoresLimit, long nowNs) {
        var load = members[index].load;
        int limit = candidates.limit(index);
        if (limit == 0 || ignoresLimit) {
            load.addActive(1);
        } else if ((hasResumeMarks && load.isOverloaded()) || !load.tryAddActive(limit)) {
            return Taking.FULL;
        }
        var gate = gates[index];
        if (gate != null && !gate.onSelected(nowNs)) {
            load.addActive(-1);
            return Taking.NOT_ADMITTED;
        }
        if (hasResumeMarks && limit != 0 && load.active() + load.inactive() >= limit) {
            load.overloaded(true);
            // Pairs with the atomic decrement in giveBack: one of both threads sees that the server is below its mark.
            VarHandle.fullFence();
            resumeIfBelowMark(index);
        }
        return Taking.TAKEN;
    }

    /** Gives a place back. @return how many flows the server has left */
    int giveBack(int index) {
        var load = members[index].load;
        int left = load.addActive(-1);
        if (hasResumeMarks && load.isOverloaded()) {
            resumeIfBelowMark(index);
        }
        return left;
    }

    /**
     * Clears the mark of a full server that has come down far enough (kernel {@code ip_vs_unbind_dest}): below the resume mark, or below
     * three quarters of the limit where there is none. A thread that fills it up at this moment may have its mark cleared; the limit still
     * holds, and the next flow that reaches it marks it again.
     */
    private void resumeIfBelowMark(int index) {
        var load = members[index].load;
        long total = (long) load.active() + load.inactive();
        int mark = resumeMarks[index];
        if (limits[index] == 0 || (mark > 0 ? total < mark : total * 4 < limits[index] * 3L)) {
            load.overloaded(false);
        }
    }

    /** Runs a report to the picker; one that throws is not asked any more. */
    void report(int index, Report report, long elapsedNs) {
        try {
            switch (report) {
                case CONNECTED -> picker.onConnected(index, elapsedNs);
                case FIRST_BYTE -> picker.onFirstByte(index, elapsedNs);
                case COMPLETED -> picker.onCompleted(index, elapsedNs);
                case FAILED -> picker.onFailed(index, elapsedNs);
            }
        } catch (RuntimeException | Error thrown) {
            distrust("threw " + thrown);
        }
    }

    /** What a picker is told. */
    enum Report {
        CONNECTED,
        FIRST_BYTE,
        COMPLETED,
        FAILED
    }

    private int pickAtRandom(Flow flow) {
        int size = members.length;
        int start = size == 0 ? 0 : flow.nextInt(size);
        for (int i = 0; i < size; i++) {
            int index = start + i < size ? start + i : start + i - size;
            if (candidates.isEligible(index, flow)) {
                return index;
            }
        }
        return Picker.NONE;
    }

    private void distrust(String what) {
        if (BROKEN.compareAndSet(this, false, true)) {
            trouble.accept(what);
        }
    }
}

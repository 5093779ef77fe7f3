package io.steelyard.schedulers.nginx;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.FlowScan;
import io.steelyard.schedulers.load.WeightGroups;
import io.steelyard.schedulers.rotation.SmoothRotation;

/** Servers whose open flows by weight are equal, found group by group: within one weight, equal flows. Immutable. */
final class OpenTies implements SmoothRotation.Tie {
    private final Candidates candidates;
    private final WeightGroups groups;

    OpenTies(Candidates candidates, WeightGroups groups) {
        this.candidates = candidates;
        this.groups = groups;
    }

    /** Whether every server ties. */
    boolean areAll(long flows, int weight) {
        for (int group = 0; group < groups.count(); group++) {
            long share = share(group, flows, weight);
            int start = groups.start(group);
            int end = groups.end(group);
            if (share < 0
                    || groups.scan().nextAtLeast(start, end, FlowScan.limit(share + 1)) < end
                    || groups.scan().nextBelow(start, end, FlowScan.limit(share)) < end) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean holds(int index, Flow flow, long flows, int weight) {
        return (long) candidates.active(index) * weight == flows * candidates.weight(index);
    }

    @Override
    public int index(int position) {
        return groups.scan().index(position);
    }

    @Override
    public int next(int position, int end, Flow flow, long flows, int weight) {
        var scan = groups.scan();
        int at = position;
        for (int group = 0; group < groups.count() && at < end; group++) {
            int groupEnd = Math.min(groups.end(group), end);
            long share = at < groupEnd ? share(group, flows, weight) : -1;
            while (share >= 0 && at < groupEnd) {
                at = scan.nextBelow(at, groupEnd, FlowScan.limit(share + 1));
                if (at == groupEnd) {
                    break;
                }
                if (scan.flows(at) >> Integer.SIZE == share) {
                    return at;
                }
                at++;
            }
            at = Math.max(at, groupEnd);
        }
        return end;
    }

    /** How many flows a server of the group has that ties, or -1 where that is no whole number. */
    private long share(int group, long flows, int weight) {
        long product = flows * groups.weight(group);
        return product % weight == 0 ? product / weight : -1;
    }
}

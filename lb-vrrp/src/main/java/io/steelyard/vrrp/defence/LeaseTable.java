package io.steelyard.vrrp.defence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The third place's side: who holds which lease. It may forget everything in a restart, if it then grants nothing for as long as the longest lease,
 * but to who says that it holds the lease and asks for it anew: that one was granted it before the restart, and nobody else can have it. Used by
 * one thread at a time.
 */
public final class LeaseTable {
    /** Its name is nobody's. */
    private static final Entry NOBODY = new Entry("", 0, Long.MIN_VALUE, 0, false, 0);

    private final Map<String, Entry> entries = new HashMap<>();
    private final long quietUntilNs;
    private final long firstEpoch;

    /**
     * Empty.
     *
     * @param quietUntilNs nothing is granted before; a restart cannot know what was
     * @param firstEpoch above any that was given before the restart, such as the seconds since 1970: a lease does not change hands every second
     */
    public LeaseTable(long quietUntilNs, long firstEpoch) {
        this.quietUntilNs = quietUntilNs;
        this.firstEpoch = firstEpoch;
    }

    /**
     * Who holds a lease.
     *
     * @param holder its name
     * @param priority it asked with
     * @param untilNs when it ends by this clock
     * @param epoch grows with each new holder
     * @param isWanted somebody of higher priority asked for it meanwhile
     * @param sequence of the holder's last message
     */
    private record Entry(String holder, int priority, long untilNs, long epoch, boolean isWanted, long sequence) {
        Entry wanted() {
            return new Entry(holder, priority, untilNs, epoch, true, sequence);
        }
    }

    /**
     * The answer.
     *
     * @param isGranted whether the lease is the asker's now
     * @param epoch of the lease, whoever holds it
     * @param isWanted the asker has it, and somebody of higher priority wants it: it should give it up
     */
    public record Answer(boolean isGranted, long epoch, boolean isWanted) {}

    /**
     * Asks for a lease, or for more of it.
     *
     * @param sequence grows with every message of an asker, whatever it is; what was overtaken by a later one counts nothing
     * @param heldEpoch of the lease where the asker holds it, by its own clock; 0 where it does not. It counts only after a restart
     */
    public Answer ask(
            String lease, String asker, int priority, long leaseNs, long sequence, long heldEpoch, long nowNs) {
        var entry = entries.getOrDefault(lease, NOBODY);
        boolean isFree = nowNs >= entry.untilNs();
        boolean isOwn = entry.holder().equals(asker);
        if (isOwn && sequence - entry.sequence() <= 0) {
            return new Answer(false, entry.epoch(), false);
        }
        if (!mayHave(entry, isOwn, isFree, heldEpoch, nowNs)) {
            if (!isOwn && !isFree && priority > entry.priority()) {
                entries.put(lease, entry.wanted());
            }
            return new Answer(false, entry.epoch(), false);
        }
        // Who holds it since before a restart keeps its epoch.
        long fresh = heldEpoch > 0 ? heldEpoch : firstEpoch;
        long epoch = Math.max(entry == NOBODY ? fresh : entry.epoch() + (isOwn ? 0 : 1), heldEpoch);
        // The wish is passed on once: it comes again as long as it lasts.
        entries.put(lease, new Entry(asker, priority, nowNs + leaseNs, epoch, false, sequence));
        return new Answer(true, epoch, isOwn && entry.isWanted());
    }

    private boolean mayHave(Entry entry, boolean isOwn, boolean isFree, long heldEpoch, long nowNs) {
        if (nowNs >= quietUntilNs) {
            return isOwn || isFree;
        }
        // A message that was on its way since before the restart must not open the lease to later ones of a node that
        // does not hold it.
        return heldEpoch > 0 && (isOwn || entry == NOBODY);
    }

    /** All that is held. */
    public List<Holding> holdings(long nowNs) {
        var list = new ArrayList<Holding>();
        entries.forEach((lease, entry) -> {
            if (nowNs < entry.untilNs()) {
                list.add(new Holding(
                        lease,
                        entry.holder(),
                        entry.priority(),
                        entry.untilNs() - nowNs,
                        entry.epoch(),
                        entry.isWanted()));
            }
        });
        list.sort(Comparator.comparing(Holding::lease));
        return list;
    }

    /** A lease that is held. @param leftNs for how long, unless it is asked for anew */
    public record Holding(String lease, String holder, int priority, long leftNs, long epoch, boolean isWanted) {}

    /** The holder does not want it any more; anybody else's word for that, and an old one, counts nothing. */
    public void giveUp(String lease, String holder, long sequence, long nowNs) {
        var entry = entries.get(lease);
        if (entry != null && entry.holder().equals(holder) && sequence - entry.sequence() > 0) {
            entries.put(lease, new Entry(holder, entry.priority(), nowNs, entry.epoch(), false, sequence));
        }
    }
}

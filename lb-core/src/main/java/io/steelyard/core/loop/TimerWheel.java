package io.steelyard.core.loop;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many deadlines at constant cost: a wheel of 512 slots of about 8.4 ms, one turn in 4.3 s; a later deadline stays in its slot for as many
 * turns as it takes. A deadline is met up to one slot late and never early. Sleeps until the next slot that holds a timer. Owned by one
 * loop.
 */
public final class TimerWheel {
    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
    private static final int SLOT_SHIFT = 23;
    private static final int SLOTS = 512;

    /** Asks for a call in the future. */
    @FunctionalInterface
    interface Alarm {
        void ring(long delayNs, Runnable task);
    }

    private final LongSupplier nanoClock;
    private final Alarm alarm;
    private final @Nullable Timer[] slots = new Timer[SLOTS];
    private final long[] occupied = new long[SLOTS / 64];
    private final Runnable tick = this::tick;
    private int size;

    /** The timer expire looks at next; a callback that cancels just that one moves it on. */
    private @Nullable Timer cursor;

    private long alarmTick = Long.MAX_VALUE;
    private long doneTick = Long.MIN_VALUE;

    TimerWheel(LongSupplier nanoClock, Alarm alarm) {
        this.nanoClock = nanoClock;
        this.alarm = alarm;
    }

    /** The time deadlines are measured by, in nanoseconds. */
    public long nowNs() {
        return nanoClock.getAsLong();
    }

    /** Sets or moves a timer. */
    public void set(Timer timer, long deadlineNs) {
        cancel(timer);
        long atTick = Math.max((deadlineNs >> SLOT_SHIFT) + 1, doneTick + 1);
        int slot = (int) atTick & SLOTS - 1;
        timer.deadlineNs = deadlineNs;
        timer.slot = slot;
        timer.isSet = true;
        timer.previous = null;
        var head = slots[slot];
        timer.next = head;
        if (head != null) {
            head.previous = timer;
        }
        slots[slot] = timer;
        occupied[slot >> 6] |= 1L << slot;
        size++;
        ringAt(Math.min(atTick, (nowNs() >> SLOT_SHIFT) + SLOTS));
    }

    /** Forgets a timer; one that is not set stays so. */
    public void cancel(Timer timer) {
        if (!timer.isSet) {
            return;
        }
        timer.isSet = false;
        size--;
        var next = timer.next;
        if (cursor == timer) {
            cursor = next;
        }
        var previous = timer.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[timer.slot] = next;
            if (next == null) {
                occupied[timer.slot >> 6] &= ~(1L << timer.slot);
            }
        }
        timer.next = null;
        timer.previous = null;
    }

    /** How many timers are set. */
    public int size() {
        return size;
    }

    private void ringAt(long atTick) {
        if (atTick < alarmTick) {
            alarmTick = atTick;
            alarm.ring(Math.max((atTick << SLOT_SHIFT) - nowNs(), 0), tick);
        }
    }

    private void tick() {
        long nowNs = nowNs();
        long nowTick = nowNs >> SLOT_SHIFT;
        if (nowTick < alarmTick) {
            // An alarm that a nearer one overtook: the one for alarmTick is still to come.
            return;
        }
        alarmTick = Long.MAX_VALUE;
        long from = Math.max(doneTick + 1, nowTick - SLOTS + 1);
        doneTick = nowTick;
        for (long at = from; at <= nowTick; at++) {
            expire((int) at & SLOTS - 1, nowNs);
        }
        if (size > 0) {
            ringAt(nextOccupied(nowTick));
        }
    }

    private void expire(int slot, long nowNs) {
        cursor = slots[slot];
        for (var timer = cursor; timer != null; timer = cursor) {
            cursor = timer.next;
            if (timer.deadlineNs - nowNs <= 0) {
                cancel(timer);
                try {
                    timer.onDeadline(nowNs);
                } catch (RuntimeException unexpected) {
                    LOG.error("a timer failed", unexpected);
                }
            }
        }
    }

    private long nextOccupied(long afterTick) {
        for (int distance = 1; distance <= SLOTS; distance++) {
            int slot = (int) (afterTick + distance) & SLOTS - 1;
            if ((occupied[slot >> 6] >>> slot & 1) != 0) {
                return afterTick + distance;
            }
        }
        return afterTick + SLOTS;
    }
}

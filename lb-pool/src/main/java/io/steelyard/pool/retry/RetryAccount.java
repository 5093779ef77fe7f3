package io.steelyard.pool.retry;

import io.steelyard.api.pool.RetryBudget;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * A {@link RetryBudget} at work. The window is divided into ten slices, in a ring; what was put in and taken out during a slice is forgotten with
 * it.
 *
 * <p>Safe for all threads, without a lock. Amounts are added atomically. Two races are let be: what is added to a slice while another thread begins
 * it anew may be lost, and threads that look at the same moment may take the last try twice. Both are off by as many tries as there are threads.
 */
public final class RetryAccount {
    private static final int SLICES = 10;

    /** One try, so that shares of one can be counted in whole numbers. */
    private static final long TRY = 1_000_000;

    private final RetryBudget budget;
    private final long sliceNs;
    private final long share;
    private final long least;

    /** Which slice each place of the ring has, and what it comes to. */
    private final AtomicLongArray slices = new AtomicLongArray(SLICES);

    private final AtomicLongArray amounts = new AtomicLongArray(SLICES);
    private final LongAdder granted = new LongAdder();
    private final LongAdder refused = new LongAdder();

    public RetryAccount(RetryBudget budget) {
        this.budget = budget;
        sliceNs = budget.window().toNanos() / SLICES;
        share = Math.round(budget.share() * TRY);
        least = Math.round(budget.leastPerSecond() * (budget.window().toNanos() / 1e9) * TRY);
        for (int i = 0; i < SLICES; i++) {
            slices.setPlain(i, Long.MIN_VALUE);
        }
    }

    public RetryBudget budget() {
        return budget;
    }

    /** A request came. @param nowNs of one monotonic clock for all callers */
    public void request(long nowNs) {
        add(share, Math.floorDiv(nowNs, sliceNs));
    }

    /** Takes a try out. @return whether there was one */
    public boolean tryAgain(long nowNs) {
        long now = Math.floorDiv(nowNs, sliceNs);
        long balance = least;
        for (int i = 0; i < SLICES; i++) {
            long slice = slices.get(i);
            balance += slice > now - SLICES && slice <= now ? amounts.get(i) : 0;
        }
        if (balance < TRY) {
            refused.increment();
            return false;
        }
        add(-TRY, now);
        granted.increment();
        return true;
    }

    /** Further tries there were. */
    public long granted() {
        return granted.sum();
    }

    /** Further tries there would have been but for the budget. */
    public long refused() {
        return refused.sum();
    }

    private void add(long amount, long slice) {
        int place = Math.floorMod(slice, SLICES);
        long before = slices.get(place);
        if (before != slice && slices.compareAndSet(place, before, slice)) {
            amounts.set(place, 0);
        }
        amounts.addAndGet(place, amount);
    }
}

package io.steelyard.pool.retry;

import io.steelyard.api.pool.RetryBudget;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * A {@link RetryBudget} at work. The window is divided into ten slices; what a slice put in and took out is forgotten with it.
 *
 * <p>Safe for all threads. Everything but the totals is guarded by this object's monitor, which is held for a few additions: requests and tries
 * of one pool meet here, and without a lock a try could be taken twice.
 */
public final class RetryAccount {
    private static final int SLICES = 10;

    /** One try, so that shares of one can be counted in whole numbers. */
    private static final long TRY = 1_000_000;

    private final RetryBudget budget;
    private final long sliceNs;
    private final long share;
    private final long least;
    private final long[] balances = new long[SLICES];
    private final LongAdder granted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private long slice;
    private long balance;
    private boolean hasBegun;

    public RetryAccount(RetryBudget budget) {
        this.budget = budget;
        sliceNs = budget.window().toNanos() / SLICES;
        share = Math.round(budget.share() * TRY);
        least = Math.round(budget.leastPerSecond() * (budget.window().toNanos() / 1e9) * TRY);
    }

    public RetryBudget budget() {
        return budget;
    }

    /** A request came. @param nowNs of one monotonic clock for all callers */
    public synchronized void request(long nowNs) {
        move(nowNs);
        add(share);
    }

    /** Takes a try out. @return whether there was one */
    public synchronized boolean tryAgain(long nowNs) {
        move(nowNs);
        if (least + balance < TRY) {
            refused.increment();
            return false;
        }
        add(-TRY);
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

    private void add(long amount) {
        balances[Math.floorMod(slice, SLICES)] += amount;
        balance += amount;
    }

    private void move(long nowNs) {
        long now = Math.floorDiv(nowNs, sliceNs);
        if (!hasBegun || now - slice >= SLICES) {
            Arrays.fill(balances, 0);
            balance = 0;
            slice = now;
            hasBegun = true;
        }
        while (now - slice > 0) {
            slice++;
            int oldest = Math.floorMod(slice, SLICES);
            balance -= balances[oldest];
            balances[oldest] = 0;
        }
    }
}

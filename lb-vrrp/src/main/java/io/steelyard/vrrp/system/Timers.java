package io.steelyard.vrrp.system;

import java.util.Arrays;

/**
 * What is to be done later, by deadline: a binary heap of timers that know their places, so that setting, moving and stopping one costs the
 * logarithm of their number and allocates nothing. Pure: the time is passed in. Used by one thread.
 */
final class Timers {
    private static final int NOT_SET = -1;

    private Timer[] heap = new Timer[16];
    private int size;

    /** One thing to be done, again and again; made once and set as often as needed. */
    final class Timer {
        private final Runnable action;
        private long deadlineNs;
        private int place = NOT_SET;

        private Timer(Runnable action) {
            this.action = action;
        }

        /** Sets when the action runs; an earlier setting is forgotten. */
        void set(long newDeadlineNs) {
            deadlineNs = newDeadlineNs;
            if (place == NOT_SET) {
                if (size == heap.length) {
                    heap = Arrays.copyOf(heap, size * 2);
                }
                place = size++;
                heap[place] = this;
            }
            up(place);
            down(place);
        }

        /** The action does not run. */
        void stop() {
            if (place == NOT_SET) {
                return;
            }
            int freed = place;
            place = NOT_SET;
            var last = heap[--size];
            heap[size] = null;
            if (last != this) {
                last.place = freed;
                heap[freed] = last;
                up(freed);
                down(last.place);
            }
        }

        boolean isSet() {
            return place != NOT_SET;
        }
    }

    /** A timer that is not set. */
    Timer timer(Runnable action) {
        return new Timer(action);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The earliest deadline; there must be one. */
    long earliestNs() {
        return heap[0].deadlineNs;
    }

    /** Whether a deadline has come. */
    boolean isDue(long nowNs) {
        return size > 0 && heap[0].deadlineNs - nowNs <= 0;
    }

    /** Runs what is due, the earliest first; what an action sets for {@code nowNs} or earlier runs too, up to a bound. */
    void run(long nowNs) {
        for (int left = 1_000 + size; left > 0 && isDue(nowNs); left--) {
            var timer = heap[0];
            timer.stop();
            timer.action.run();
        }
    }

    private void up(int from) {
        int at = from;
        var moved = heap[at];
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (heap[parent].deadlineNs - moved.deadlineNs <= 0) {
                break;
            }
            put(heap[parent], at);
            at = parent;
        }
        put(moved, at);
    }

    private void down(int from) {
        int at = from;
        var moved = heap[at];
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].deadlineNs - heap[child].deadlineNs < 0) {
                child++;
            }
            if (moved.deadlineNs - heap[child].deadlineNs <= 0) {
                break;
            }
            put(heap[child], at);
            at = child;
        }
        put(moved, at);
    }

    private void put(Timer timer, int place) {
        heap[place] = timer;
        timer.place = place;
    }
}

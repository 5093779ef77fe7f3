package io.steelyard.launcher.lab;

/**
 * For how long a client at most got no answer: from one answer to the next. Owned by the thread that feeds it, read by others through
 * synchronized methods.
 */
final class GapMeter {
    private long lastNs;
    private boolean hasAnswered;
    private long longestNs;
    private int answers;

    /** The client got an answer. */
    synchronized void answered(long nowNs) {
        if (hasAnswered) {
            longestNs = Math.max(longestNs, nowNs - lastNs);
        }
        hasAnswered = true;
        lastNs = nowNs;
        answers++;
    }

    /** Forgets the longest gap and counts anew; a gap that is open goes on. */
    synchronized void begin() {
        longestNs = 0;
        answers = 0;
    }

    /** Answers since {@link #begin}. */
    synchronized int answers() {
        return answers;
    }

    /** The longest time between two answers since {@link #begin}, and of one that began before and ended after it. */
    synchronized long longestNs() {
        return longestNs;
    }
}

package io.steelyard.vrrp.system;

/**
 * When passes and failures in a row turn a tracker, by keepalived's counting of {@code vrrp_script}: the counter goes from 0 to
 * {@code rise + fall - 1}, down means below {@code rise}. The first pass brings a tracker up at once unless it starts down; what is up and
 * fails once must fail {@code fall} times without a pass between, and what is down must pass {@code rise} times. Used by one thread.
 */
final class RiseFall {
    private final int rise;
    private final int top;
    private int counter;
    private boolean hasRun;

    RiseFall(int rise, int fall, boolean startsDown) {
        this.rise = rise;
        top = rise + fall - 1;
        counter = startsDown ? 0 : rise - 1;
    }

    /** Whether anything has been counted yet. */
    boolean isKnown() {
        return hasRun;
    }

    boolean isUp() {
        return counter >= rise;
    }

    /** Counts one run. @return whether that turned the tracker, or made it known */
    boolean count(boolean hasPassed) {
        boolean wasUp = isUp();
        boolean wasKnown = hasRun;
        hasRun = true;
        if (hasPassed) {
            counter = counter < rise - 1 ? counter + 1 : top;
        } else {
            counter = counter > rise ? counter - 1 : 0;
        }
        return !wasKnown || wasUp != isUp();
    }
}

package io.steelyard.vrrp.system;

import java.time.Duration;

/** A state that counts only after it has lasted: up for one delay, down for another. Used by the control thread. */
final class Debounce {
    private final long upDelayNs;
    private final long downDelayNs;
    private final ControlThread control;
    private final Runnable onTurn;
    private final Timers.Timer timer;
    private boolean isKnown;
    private boolean isUp;
    private boolean isSeenUp;

    /** @param onTurn runs when the state that counts has changed, or is known for the first time */
    Debounce(ControlThread control, Duration upDelay, Duration downDelay, Runnable onTurn) {
        this.control = control;
        this.onTurn = onTurn;
        upDelayNs = upDelay.toNanos();
        downDelayNs = downDelay.toNanos();
        timer = control.timer(this::settle);
    }

    boolean isKnown() {
        return isKnown;
    }

    boolean isUp() {
        return isUp;
    }

    /** What is seen now. The first state counts at once. */
    void see(boolean up) {
        if (isKnown && up == isSeenUp) {
            return;
        }
        isSeenUp = up;
        long delayNs = up ? upDelayNs : downDelayNs;
        if (!isKnown || delayNs == 0 || up == isUp) {
            settle();
        } else {
            timer.set(control.nowNs() + delayNs);
        }
    }

    private void settle() {
        timer.stop();
        if (!isKnown || isUp != isSeenUp) {
            isKnown = true;
            isUp = isSeenUp;
            onTurn.run();
        }
    }

    void close() {
        timer.stop();
    }
}

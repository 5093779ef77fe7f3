package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Tracker;
import io.steelyard.vrrp.election.RiseFall;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a tracker's script again and again. A run beyond its time is told to end, 2 s later it is killed, and it counts as failed; as long as
 * one lasts, no other begins. Used by the control thread.
 */
final class ScriptTracker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptTracker.class);
    private static final long KILL_AFTER_NS = 2_000_000_000L;

    private final ControlThread control;
    private final Tracker.Script script;
    private final Command command;
    private final Runnable onTurn;
    private final long intervalNs;
    private final long timeoutNs;
    private final Timers.Timer next;
    private final Timers.Timer limit;

    private @Nullable Process running;
    private RiseFall counter;
    private boolean isKnown;
    private boolean isLate;
    private long startedNs;
    private long hungRuns;
    private long runs;

    /** @param onTurn runs on the control thread when the tracker turned or became known */
    ScriptTracker(ControlThread control, Tracker.Script script, String defaultUser, Runnable onTurn) {
        this.control = control;
        this.script = script;
        this.onTurn = onTurn;
        command = new Command(script.command(), script.user().orElse(defaultUser));
        counter = RiseFall.initial(script.rise(), script.fall(), script.startsDown());
        intervalNs = script.interval().toNanos();
        timeoutNs = (script.timeout().isZero() ? script.interval() : script.timeout()).toNanos();
        next = control.timer(this::begin);
        limit = control.timer(this::beyondLimit);
    }

    /** Begins the first run. */
    void start() {
        next.set(control.nowNs());
    }

    boolean isUp() {
        return counter.isUp();
    }

    /** How many runs lasted beyond their time. */
    long hungRuns() {
        return hungRuns;
    }

    long runs() {
        return runs;
    }

    private void begin() {
        startedNs = control.nowNs();
        next.set(startedNs + intervalNs);
        if (running != null) {
            return;
        }
        isLate = false;
        runs++;
        try {
            var process = command.start();
            running = process;
            limit.set(startedNs + timeoutNs);
            process.onExit().thenAccept(ended -> tell(ended));
        } catch (IOException cannotRun) {
            LOG.warn("tracker '{}': {}", script.name(), cannotRun.getMessage());
            count(false);
        }
    }

    private void tell(Process ended) {
        try {
            control.execute(() -> ended(ended));
        } catch (RejectedExecutionException closed) {
            LOG.debug("tracker '{}' ended after the routers", script.name());
        }
    }

    private void ended(Process process) {
        if (process != running) {
            return;
        }
        running = null;
        limit.stop();
        if (!isLate) {
            count(process.exitValue() == 0);
        }
    }

    private void beyondLimit() {
        var process = running;
        if (process == null) {
            return;
        }
        if (isLate) {
            LOG.warn("tracker '{}': its script is killed, as it did not end when told to", script.name());
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return;
        }
        isLate = true;
        hungRuns++;
        LOG.warn(
                "tracker '{}': its script lasts longer than {} and is ended; that counts as failed",
                script.name(),
                Duration.ofNanos(timeoutNs));
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        limit.set(control.nowNs() + KILL_AFTER_NS);
        count(false);
    }

    private void count(boolean hasPassed) {
        boolean wasUp = counter.isUp();
        counter = hasPassed ? counter.passed() : counter.failed();
        if (!isKnown || wasUp != counter.isUp()) {
            isKnown = true;
            onTurn.run();
        }
    }

    @Override
    public void close() {
        next.stop();
        limit.stop();
        var process = running;
        running = null;
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}

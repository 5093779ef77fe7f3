package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Tracker;
import io.steelyard.vrrp.election.RiseFall;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a tracker's script again and again. A run beyond its time is told to end, 2 s later it is killed, and it counts as failed; as long as
 * one lasts, no other begins. Whether it may be run is looked at before the first run.
 *
 * <p>Used by the control thread. Looking for the program and its user, and starting it, may wait for disks and for other programs, and so are done on a
 * thread of their own, of which there is one at a time.
 */
final class ScriptTracker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptTracker.class);
    private static final long KILL_AFTER_NS = 2_000_000_000L;

    private final ControlThread control;
    private final Tracker.Script script;
    private final Command command;
    private final boolean isSecure;
    private final Runnable onTurn;
    private final Consumer<String> onRefusal;
    private final long intervalNs;
    private final long timeoutNs;
    private final Timers.Timer next;
    private final Timers.Timer limit;

    private @Nullable Process running;
    private RiseFall counter;
    private boolean isKnown;
    private boolean isLate;

    /** A run is being begun elsewhere. */
    private boolean isLaunching;

    /** The program may be run, as was found before. */
    private boolean isSound;

    private boolean isClosed;
    private long startedNs;
    private long hungRuns;
    private long runs;

    /**
     * Not begun yet.
     *
     * @param isSecure refuses a program that others than root could exchange
     * @param onTurn runs on the control thread when the tracker turned or became known
     * @param onRefusal gets on the control thread why the program is never run
     */
    ScriptTracker(
            ControlThread control,
            Tracker.Script script,
            String defaultUser,
            boolean isSecure,
            Runnable onTurn,
            Consumer<String> onRefusal) {
        this.control = control;
        this.script = script;
        this.isSecure = isSecure;
        this.onTurn = onTurn;
        this.onRefusal = onRefusal;
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
        if (running != null || isLaunching) {
            return;
        }
        isLate = false;
        runs++;
        isLaunching = true;
        limit.set(startedNs + timeoutNs);
        boolean mustCheck = !isSound;
        // Made by this thread, it is in this thread's network namespace, and so is the program.
        Thread.ofPlatform().name("vrrp-script").daemon().start(() -> launch(mustCheck));
    }

    /** On a thread of its own. */
    private void launch(boolean mustCheck) {
        try {
            var refusal = mustCheck ? command.refusal(isSecure) : Optional.<String>empty();
            if (refusal.isPresent()) {
                hand(() -> refused(refusal.get()));
                return;
            }
            var process = command.start();
            if (!hand(() -> launched(process))) {
                process.destroyForcibly();
            }
        } catch (IOException cannotRun) {
            hand(() -> notLaunched(String.valueOf(cannotRun.getMessage())));
        }
    }

    /** @return false where nobody is there any more to take it */
    private boolean hand(Runnable task) {
        try {
            control.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            LOG.debug("tracker '{}' ended after the routers", script.name());
            return false;
        }
    }

    private void refused(String why) {
        isLaunching = false;
        if (!isClosed) {
            close();
            onRefusal.accept(why);
        }
    }

    private void notLaunched(String why) {
        isLaunching = false;
        isSound = true;
        if (!isClosed) {
            LOG.warn("tracker '{}': {}", script.name(), why);
            limit.stop();
            if (!isLate) {
                count(false);
            }
        }
    }

    private void launched(Process process) {
        isLaunching = false;
        isSound = true;
        if (isClosed) {
            process.destroyForcibly();
            return;
        }
        running = process;
        if (isLate) {
            // Its time was over before it had begun.
            process.destroyForcibly();
        }
        process.onExit().thenAccept(ended -> hand(() -> ended(ended)));
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
            if (isLaunching && !isLate) {
                isLate = true;
                hungRuns++;
                LOG.warn("tracker '{}': its script could not be begun in time; that counts as failed", script.name());
                count(false);
            }
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
        isClosed = true;
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

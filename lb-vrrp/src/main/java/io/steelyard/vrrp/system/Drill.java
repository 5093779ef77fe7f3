package io.steelyard.vrrp.system;

import io.steelyard.vrrp.DrillReport;
import io.steelyard.vrrp.DrillReport.Happening;
import io.steelyard.vrrp.DrillReport.Outcome;
import io.steelyard.vrrp.DrillReport.Takeover;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.election.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An active router, and all of its sync group, withholds its adverts for a while as if the network lost them; all else stays as it is. As soon as
 * another is heard to have taken over, this one gives its addresses up, so that they have one holder as in any change; then it goes on as usual. One
 * use, by the control thread.
 */
final class Drill {
    private static final long GRACE_NS = 1_000_000_000L;

    private final RunningRouter target;
    private final List<RunningRouter> members;
    private final ControlThread control;
    private final long withholdNs;
    private final CompletableFuture<DrillReport> result;
    private final Timers.Timer timer;
    private final List<Happening> happenings = new ArrayList<>();
    private final long beginNs;
    private boolean isWithholding;
    private boolean isOver;
    private long withheldNs;
    private @Nullable Takeover takeover;
    private @Nullable Duration backAfter;

    /**
     * Begins one.
     *
     * @param result is completed when it is over
     * @throws IllegalStateException where the target is not active, or in a drill already
     */
    static void begin(
            RunningRouter target,
            SyncGroups groups,
            Duration withhold,
            ControlThread control,
            CompletableFuture<DrillReport> result) {
        var members = groups.companions(target);
        var name = target.router().name();
        if (!target.state().isActive()) {
            throw new IllegalStateException("virtual router '" + name + "' is "
                    + target.state().phase() + "; only an active one can withhold adverts");
        }
        if (members.stream().anyMatch(member -> member.drill() != null)) {
            throw new IllegalStateException("virtual router '" + name + "' is in a drill already");
        }
        new Drill(target, members, withhold, control, result).begin();
    }

    /** @param members the target and all that move together with it */
    private Drill(
            RunningRouter target,
            List<RunningRouter> members,
            Duration withhold,
            ControlThread control,
            CompletableFuture<DrillReport> result) {
        this.target = target;
        this.members = members;
        this.control = control;
        this.result = result;
        withholdNs = withhold.toNanos();
        timer = control.timer(this::timeIsUp);
        beginNs = control.nowNs();
    }

    private void begin() {
        isWithholding = true;
        members.forEach(member -> member.drill(this));
        note("adverts are withheld for up to " + Duration.ofNanos(withholdNs).toMillis() + " ms");
        timer.set(beginNs + withholdNs);
    }

    /** Whether no advert may be sent. */
    boolean isWithholding() {
        return isWithholding;
    }

    private Duration after() {
        return Duration.ofNanos(control.nowNs() - beginNs);
    }

    private void note(String text) {
        happenings.add(new Happening(after(), text));
    }

    /** Somebody else's advert arrived at a member. */
    void heard(RunningRouter at, String address, int priority) {
        if (!isWithholding || priority == 0 || !at.state().isActive()) {
            return;
        }
        note(address + " has taken over '" + at.router().name() + "' with priority " + priority);
        takeover = new Takeover(address, priority, after());
        members.forEach(RunningRouter::release);
        stopWithholding();
        if (target.router().preemption().isAllowed()) {
            timer.set(control.nowNs()
                    + target.downNs()
                    + target.router().preemption().delay().toNanos()
                    + 2 * target.router().advertInterval().toNanos()
                    + GRACE_NS);
        } else {
            end(Outcome.TAKEN_OVER);
        }
    }

    /** A member's state changed. */
    void changed(RunningRouter at, RouterEvent.Changed event) {
        note("'" + event.router() + "': " + event.from() + " -> " + event.to() + " because of " + event.reason());
        if (at != target) {
            return;
        }
        if (takeover == null) {
            stopWithholding();
            end(Outcome.ENDED_EARLY);
        } else if (event.to() == Phase.ACTIVE) {
            backAfter = after();
            end(Outcome.TAKEN_OVER_AND_BACK);
        }
    }

    /** A defence of a member reported something. */
    void warned(RouterEvent.Warning warning) {
        note("'" + warning.router() + "': " + warning.kind() + ": " + warning.text());
    }

    private void timeIsUp() {
        if (isWithholding) {
            note("nobody has taken over; adverts are sent again");
            stopWithholding();
            members.forEach(RunningRouter::advertise);
            end(Outcome.NOBODY_TOOK_OVER);
        } else {
            end(Outcome.TAKEN_OVER);
        }
    }

    private void stopWithholding() {
        if (isWithholding) {
            isWithholding = false;
            withheldNs = control.nowNs() - beginNs;
            members.forEach(RunningRouter::claimsAgain);
        }
    }

    /** The routers end. */
    void abort() {
        stopWithholding();
        end(Outcome.ENDED_EARLY);
    }

    private void end(Outcome outcome) {
        if (isOver) {
            return;
        }
        isOver = true;
        timer.stop();
        members.forEach(member -> member.drill(null));
        result.complete(new DrillReport(
                target.router().name(),
                outcome,
                Duration.ofNanos(withheldNs),
                Optional.ofNullable(takeover),
                Optional.ofNullable(backAfter),
                happenings));
    }
}

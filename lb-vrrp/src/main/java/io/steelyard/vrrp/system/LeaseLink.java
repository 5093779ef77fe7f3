package io.steelyard.vrrp.system;

import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.witness.Witness;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A virtual router's lease: hands its questions to the witness, and the answers to the control thread, which never waits for them. */
final class LeaseLink {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseLink.class);

    private final RouterDefences defences;
    private final ControlThread control;
    private final Witness witness;
    private final String lease;
    private boolean hasAnswer;
    private long answeredNs;
    private boolean isWaiting;
    private long waitingSinceNs;
    private Optional<String> problem = Optional.empty();

    LeaseLink(RunningRouter running, RouterDefences defences, ControlThread control, Witness witness) {
        this.defences = defences;
        this.control = control;
        this.witness = witness;
        lease = Witnesses.lease(running.router());
    }

    void ask(int priority, long leaseNs, long sequence, long heldEpoch) {
        long askedNs = control.nowNs();
        if (isWaiting && askedNs - waitingSinceNs > leaseNs / 2) {
            defences.warn(RouterEvent.Kind.WITNESS_SILENT, problem.orElse(witness.description() + " does not answer"));
        }
        if (!isWaiting) {
            isWaiting = true;
            waitingSinceNs = askedNs;
        }
        witness.ask(new Witness.Question(lease, priority, leaseNs, sequence, heldEpoch), new Witness.Listener() {
            @Override
            public void answered(Witness.Answer answer) {
                hand(() -> LeaseLink.this.answered(askedNs, answer));
            }

            @Override
            public void failed(String reason) {
                hand(() -> problem = Optional.of(reason));
            }
        });
    }

    private void hand(Runnable what) {
        try {
            control.execute(what);
        } catch (RejectedExecutionException closed) {
            LOG.debug("the witness answered after the end");
        }
    }

    private void answered(long askedNs, Witness.Answer answer) {
        hasAnswer = true;
        isWaiting = false;
        answeredNs = control.nowNs();
        problem = Optional.empty();
        defences.leaseAnswered(askedNs, answer);
    }

    void giveUp(long sequence) {
        isWaiting = false;
        witness.giveUp(lease, sequence);
    }

    DefenceStatus.Lease status(long leftNs, long epoch, long nowNs) {
        return new DefenceStatus.Lease(
                witness.description() + ", lease " + lease,
                leftNs > 0 ? Optional.of(Duration.ofNanos(leftNs)) : Optional.empty(),
                epoch,
                hasAnswer ? Optional.of(Duration.ofNanos(nowNs - answeredNs)) : Optional.empty(),
                problem);
    }
}

package io.steelyard.vrrp.defence;

import io.steelyard.api.vrrp.SplitBrainDefence;

/**
 * Whether this machine is on the network at all: enough of the gateway and some hosts answer. Isolated only after some silent rounds in a row, back after
 * one good one. Used by one thread at a time.
 */
public final class ReachabilityVote {
    private final int leastAnswers;
    private final int fall;
    private int answers;
    private int silentRounds;
    private boolean isRunning;

    public ReachabilityVote(SplitBrainDefence.Reachability rules) {
        leastAnswers = rules.leastAnswers();
        fall = rules.fall();
    }

    /** A round ends, if there was one, and another begins. */
    public void nextRound() {
        if (isRunning) {
            silentRounds = answers >= leastAnswers ? 0 : Math.min(fall, silentRounds + 1);
        }
        isRunning = true;
        answers = 0;
    }

    /** One of the hosts answered in this round; each is to be told once. */
    public void answered() {
        answers++;
        if (answers >= leastAnswers) {
            silentRounds = 0;
        }
    }

    public boolean isIsolated() {
        return silentRounds >= fall;
    }
}

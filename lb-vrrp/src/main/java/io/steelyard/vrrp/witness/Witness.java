package io.steelyard.vrrp.witness;

/**
 * The way to a third place that gives a lease to one asker at a time. Nothing here waits: questions are sent, and answers come later or never. Called
 * by one thread; the listener is called on any thread, and hands over to its own.
 *
 * <p>What makes it safe is the third place's promise alone: from when it <em>hears</em> a question that it grants, for at least the time asked for and
 * by its own clock, nobody else is granted the same lease, unless the asker gives it up. The asker counts from when it asked, which is earlier, so
 * delays, losses and repetitions make what it holds shorter and never longer.
 */
public interface Witness extends AutoCloseable {
    /**
     * Asks for a lease, or for more of it.
     *
     * @param listener hears the answer to this question, at most once
     */
    void ask(Question question, Listener listener);

    /**
     * The lease is free. That may be lost: then it ends by itself.
     *
     * @param sequence grows with each message, of both kinds
     */
    void giveUp(String lease, long sequence);

    /** What it is, and where. */
    String description();

    /** Ends; what is held is not given up. */
    @Override
    void close();

    /**
     * A question.
     *
     * @param lease which
     * @param priority 1 to 255; the holder is told when somebody of higher priority asks
     * @param leaseNs for how long
     * @param sequence grows with each message
     * @param heldEpoch the lease's epoch where the asker holds it; 0 where it does not
     */
    record Question(String lease, int priority, long leaseNs, long sequence, long heldEpoch) {}

    /**
     * An answer.
     *
     * @param isGranted whether the lease is the asker's
     * @param epoch how often it changed hands
     * @param isWanted the asker has it, and somebody of higher priority wants it
     */
    record Answer(boolean isGranted, long epoch, boolean isWanted) {}

    /** Hears what became of a question. */
    interface Listener {
        void answered(Answer answer);

        /** There is no answer. @param problem for people: what went wrong, and where */
        void failed(String problem);
    }
}

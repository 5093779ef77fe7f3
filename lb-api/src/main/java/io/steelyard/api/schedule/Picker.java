package io.steelyard.api.schedule;

/**
 * Picks one of the candidates it was built for. The methods named after events tell it how flows on servers it picked went; their defaults
 * do nothing.
 *
 * @implSpec Every method is called from any thread, several at once; allocates nothing, takes no lock, never blocks and throws nothing.
 *     {@link #pick} returns only candidates that are {@link Candidates#isEligible eligible} for the flow.
 */
@FunctionalInterface
public interface Picker {
    /** No candidate is eligible. Whether because none is available or because all are full, the caller finds out. */
    int NONE = -1;

    /** The index of the picked candidate, or {@link #NONE}. */
    int pick(Flow flow);

    /**
     * A flow reached its server.
     *
     * @param index the candidate
     * @param elapsedNs since it was picked
     */
    default void onConnected(int index, long elapsedNs) {}

    /**
     * A server sent its first byte.
     *
     * @param index the candidate
     * @param elapsedNs since it was picked
     */
    default void onFirstByte(int index, long elapsedNs) {}

    /**
     * A flow ended well.
     *
     * @param index the candidate
     * @param elapsedNs since it was picked
     */
    default void onCompleted(int index, long elapsedNs) {}

    /**
     * A flow failed on its server.
     *
     * @param index the candidate
     * @param elapsedNs since it was picked
     */
    default void onFailed(int index, long elapsedNs) {}
}

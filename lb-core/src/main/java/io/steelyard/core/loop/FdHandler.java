package io.steelyard.core.loop;

/** What is done when a file descriptor is ready. Called on the descriptor's loop. */
@FunctionalInterface
public interface FdHandler {
    /**
     * The descriptor is ready.
     *
     * @param ready bits of {@link FdRegistration#READABLE}, {@link FdRegistration#WRITABLE}, {@link FdRegistration#ERROR} and
     *     {@link FdRegistration#HANGUP}; the last two come unasked
     */
    void onReady(int ready);
}

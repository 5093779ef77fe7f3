package io.steelyard.vrrp.fencing;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** One way of making sure that a former active router has its addresses no more. Called by one thread, which must not wait. */
public interface Fencing extends AutoCloseable {
    /**
     * Fences.
     *
     * @param onEnd gets empty for a success, and else why it failed; on any thread, once. After the timeout nobody waits for it any more
     */
    void fence(Target target, Consumer<Optional<String>> onEnd);

    /** Ends what is under way. */
    @Override
    void close();

    /**
     * Who is fenced.
     *
     * @param router the virtual router's name
     * @param virtualRouterId 1 to 255
     * @param former where the adverts of the former active router came from
     * @param timeout after which it counts as failed
     */
    record Target(String router, int virtualRouterId, InetAddress former, Duration timeout) {}
}

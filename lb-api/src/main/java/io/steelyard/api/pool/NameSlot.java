package io.steelyard.api.pool;

import io.steelyard.api.proxy.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A server is one place for one address of its name's answer (HAProxy {@code resolvers} and {@code server-template}): servers of a pool with the
 * same name have different addresses, and one for which no address is left takes no flow until there is one. Without this there is one server
 * for each address. All name servers are asked at once, and the first good answer counts. Immutable.
 *
 * @param section what the name servers are called together, for people
 * @param tries how often they are asked before nobody is thought to answer, from 1
 * @param tryTimeout how long an answer is waited for each time
 * @param again when a name is asked for again that was not answered well
 * @param payloadBytes the longest answer by UDP that is offered to take (RFC 6891 section 6.2.3), 512 to 65535
 * @param holds how long the last good answer is used on
 * @param prefersIpv4 whether IPv4 addresses are asked for first; the other kind is where there is none of the first
 * @param preferred addresses of these networks are chosen before others
 * @param sharesAddresses whether it may have an address that another server has
 * @param ignoresWeights whether the weights of SRV records are left; otherwise a record's weight, divided by 256 and rounded up, is the server's
 * @param start how the first address is found, before name servers were asked
 */
public record NameSlot(
        String section,
        int tries,
        Duration tryTimeout,
        Duration again,
        int payloadBytes,
        Holds holds,
        boolean prefersIpv4,
        List<Network> preferred,
        boolean sharesAddresses,
        boolean ignoresWeights,
        Start start) {
    /** Where nothing else is said, as with HAProxy: three tries of a second, every second where it fails. */
    public static final NameSlot DEFAULT = new NameSlot(
            "default",
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            512,
            Holds.DEFAULT,
            false,
            List.of(),
            false,
            false,
            Start.SYSTEM);

    /**
     * How long after the last good answer it is used on where a later question fails; then the server takes no flow. None is negative.
     *
     * @param unknown where there is no such name any more
     * @param silent where nobody answers
     * @param refused where the question is refused
     * @param failed where an answer has no address, or tells of another failure
     * @param obsolete after it was seen last, an address that is missing in a good answer
     */
    public record Holds(Duration unknown, Duration silent, Duration refused, Duration failed, Duration obsolete) {
        /** 30 s for each failure, and missing addresses at once, as with HAProxy. */
        public static final Holds DEFAULT = new Holds(
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ZERO);

        public Holds {
            for (var time : List.of(unknown, silent, refused, failed, obsolete)) {
                if (time.isNegative()) {
                    throw new IllegalArgumentException("a hold is " + time + ", expected 0 or more");
                }
            }
        }
    }

    /**
     * The first address (HAProxy {@code init-addr}).
     *
     * @param asksSystem whether the system's resolver is asked
     * @param address the address where that does not know, or is not asked
     * @param mayLackAddress whether it begins without one where there is none; otherwise the configuration is refused
     */
    public record Start(boolean asksSystem, Optional<InetAddress> address, boolean mayLackAddress) {
        /** The system's resolver knows it. */
        public static final Start SYSTEM = new Start(true, Optional.empty(), false);

        public Start {
            Objects.requireNonNull(address, "address");
        }
    }

    public NameSlot {
        Objects.requireNonNull(section, "section");
        Objects.requireNonNull(holds, "holds");
        Objects.requireNonNull(start, "start");
        preferred = List.copyOf(preferred);
        if (tries < 1) {
            throw new IllegalArgumentException("tries is " + tries + ", expected 1 or more");
        }
        if (payloadBytes < 512 || payloadBytes > 65_535) {
            throw new IllegalArgumentException("payloadBytes is " + payloadBytes + ", expected 512 to 65535");
        }
        NameLookup.positive(tryTimeout, "tryTimeout");
        NameLookup.positive(again, "again");
    }
}

package io.steelyard.api.vrrp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A session of Bidirectional Forwarding Detection with a neighbour: both send each other short packets, and whoever misses several in a row knows
 * within their time that the path or the other is gone (RFC 5880; RFC 5881 for one hop, RFC 5883 for several). Asynchronous mode, without echo
 * function and authentication. A neighbour has one session only for each port.
 *
 * <p>What is detected after how long: the neighbour's multiplier times the greater of our {@code requiredMinRx} and its desired interval. So with 10 ms
 * and a multiplier of 5 on both sides, within 50 ms.
 *
 * @param neighbour who is watched; no link-local address, as the session has no interface
 * @param source where our packets come from; absent for the route's choice
 * @param requiredMinRx the least interval at which we can take packets, 1 ms to 60 s
 * @param desiredMinTx the least interval at which we want to send while the session is up, 1 ms to 60 s
 * @param idleTx the same while it is not up, 1 s to 60 s (RFC 5880 section 6.8.3)
 * @param detectMultiplier how many of our packets in a row the neighbour must miss, 1 to 255
 * @param isPassive says nothing before the neighbour was heard
 * @param hopLimit of packets that we send (TTL over IPv4), 1 to 255; RFC 5881 section 5 wants 255
 * @param mostHops by how much less than {@code hopLimit} the limit of a received packet may be, 0 to 255; 255 does not look at it
 * @param isMultihop speaks by port 4784, for neighbours behind routers, instead of 3784
 */
public record BfdSession(
        InetAddress neighbour,
        Optional<InetAddress> source,
        Duration requiredMinRx,
        Duration desiredMinTx,
        Duration idleTx,
        int detectMultiplier,
        boolean isPassive,
        int hopLimit,
        int mostHops,
        boolean isMultihop) {
    /** What {@link #mostHops} is at least for not looking at it. */
    public static final int ANY_HOPS = 255;

    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration LEAST_IDLE = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(60);

    public BfdSession {
        if (neighbour.isAnyLocalAddress() || neighbour.isMulticastAddress() || neighbour.isLinkLocalAddress()) {
            throw new IllegalArgumentException("the neighbour of a BFD session is " + neighbour.getHostAddress()
                    + ", expected one host's address" + " that is not link-local");
        }
        if (source.isPresent() && AddressFamily.of(source.get()) != AddressFamily.of(neighbour)) {
            throw new IllegalArgumentException("source " + source.get().getHostAddress() + " and neighbour "
                    + neighbour.getHostAddress() + " of a BFD session are of different families");
        }
        checkInterval("requiredMinRx", requiredMinRx, LEAST);
        checkInterval("desiredMinTx", desiredMinTx, LEAST);
        checkInterval("idleTx", idleTx, LEAST_IDLE);
        checkNumber("detectMultiplier", detectMultiplier, 1);
        checkNumber("hopLimit", hopLimit, 1);
        checkNumber("mostHops", mostHops, 0);
    }

    private static void checkInterval(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(name + " is " + value.toNanos() / 1e6 + " ms, expected "
                    + least.toMillis() + " to " + MOST.toMillis() + " ms");
        }
    }

    private static void checkNumber(String name, int value, int least) {
        if (value < least || value > 255) {
            throw new IllegalArgumentException(name + " is " + value + ", expected " + least + " to 255");
        }
    }

    /** The usual {@link #mostHops}: none over one hop, any over several. */
    public static int usualMostHops(boolean isMultihop) {
        return isMultihop ? ANY_HOPS : 0;
    }

    /** 10 ms in both directions and a multiplier of 5, over one hop. */
    public static BfdSession with(InetAddress neighbour) {
        return builder(neighbour).build();
    }

    public static Builder builder(InetAddress neighbour) {
        return new Builder(neighbour);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final InetAddress neighbour;
        private Optional<InetAddress> source = Optional.empty();
        private Duration requiredMinRx = Duration.ofMillis(10);
        private Duration desiredMinTx = Duration.ofMillis(10);
        private Duration idleTx = LEAST_IDLE;
        private int detectMultiplier = 5;
        private boolean isPassive;
        private int hopLimit = 255;
        private Optional<Integer> mostHops = Optional.empty();
        private boolean isMultihop;

        private Builder(InetAddress neighbour) {
            this.neighbour = Objects.requireNonNull(neighbour, "neighbour");
        }

        public Builder source(InetAddress given) {
            source = Optional.of(given);
            return this;
        }

        public Builder requiredMinRx(Duration given) {
            requiredMinRx = given;
            return this;
        }

        public Builder desiredMinTx(Duration given) {
            desiredMinTx = given;
            return this;
        }

        public Builder idleTx(Duration given) {
            idleTx = given;
            return this;
        }

        public Builder detectMultiplier(int given) {
            detectMultiplier = given;
            return this;
        }

        public Builder passive(boolean given) {
            isPassive = given;
            return this;
        }

        public Builder hopLimit(int given) {
            hopLimit = given;
            return this;
        }

        /** Else 0 over one hop, and any over several. */
        public Builder mostHops(int given) {
            mostHops = Optional.of(given);
            return this;
        }

        public Builder multihop(boolean given) {
            isMultihop = given;
            return this;
        }

        public BfdSession build() {
            return new BfdSession(
                    neighbour,
                    source,
                    requiredMinRx,
                    desiredMinTx,
                    idleTx,
                    detectMultiplier,
                    isPassive,
                    hopLimit,
                    mostHops.orElseGet(() -> usualMostHops(isMultihop)),
                    isMultihop);
        }
    }
}

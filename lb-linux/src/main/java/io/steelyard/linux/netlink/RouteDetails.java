package io.steelyard.linux.netlink;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a route has beside its network and its one next hop. Immutable.
 *
 * @param hops several next hops that share the packets; empty where the route has one, or goes nowhere
 * @param trafficClass the packets it is for, by their TOS or traffic class, 0 to 255; 0 for all
 * @param realms the upper 16 bits where packets come from, the lower where they go to; 0 for none
 * @param metrics values of the kernel's RTAX numbers, such as {@link #MTU}
 * @param locks bit n: metric n stays as it is, whatever the path says
 * @param congestionControl such as {@code bbr}; empty for the system's
 * @param preference IPv6 (RFC 4191): 0 medium, 1 high, 3 low
 * @param expiresSeconds IPv6: when it goes by itself; empty for never
 * @param ttlPropagate MPLS: 1 whether the TTL is carried over, 0 not; empty for the system's choice
 */
public record RouteDetails(
        List<Hop> hops,
        int trafficClass,
        int realms,
        Map<Integer, Integer> metrics,
        int locks,
        String congestionControl,
        int preference,
        OptionalInt expiresSeconds,
        OptionalInt ttlPropagate) {
    /** None of it. */
    public static final RouteDetails NONE =
            new RouteDetails(List.of(), 0, 0, Map.of(), 0, "", 0, OptionalInt.empty(), OptionalInt.empty());

    /** {@link #metrics}: the greatest packet. */
    public static final int MTU = 2;

    /** {@link #metrics}: the highest number the kernel knows; 1 holds the locks and 16 the congestion control. */
    static final int HIGHEST_METRIC = 17;

    static final int LOCK = 1;
    static final int CONGESTION_CONTROL = 16;

    /**
     * One of several next hops.
     *
     * @param gateway empty for what is on the link
     * @param interfaceIndex 0 where the gateway tells
     * @param weight share among the hops, 1 to 256
     * @param isOnLink the gateway is taken to be on the link though no network says so
     */
    public record Hop(Optional<InetAddress> gateway, int interfaceIndex, int weight, boolean isOnLink) {
        public Hop {
            Objects.requireNonNull(gateway, "gateway");
            if (weight < 1 || weight > 256) {
                throw new IllegalArgumentException("weight is " + weight + ", expected 1 to 256");
            }
        }
    }

    public RouteDetails {
        hops = List.copyOf(hops);
        metrics = Map.copyOf(metrics);
        Objects.requireNonNull(congestionControl, "congestionControl");
        Objects.requireNonNull(expiresSeconds, "expiresSeconds");
        Objects.requireNonNull(ttlPropagate, "ttlPropagate");
        for (int number : metrics.keySet()) {
            if (number <= LOCK || number == CONGESTION_CONTROL || number > HIGHEST_METRIC) {
                throw new IllegalArgumentException("metric " + number + " is not known, expected 2 to 15, or 17");
            }
        }
    }

    /** Whether there are metrics of any kind. */
    boolean hasMetrics() {
        return !metrics.isEmpty() || locks != 0 || !congestionControl.isEmpty();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private List<Hop> hops = List.of();
        private int trafficClass;
        private int realms;
        private final Map<Integer, Integer> metrics = new TreeMap<>();
        private int locks;
        private String congestionControl = "";
        private int preference;
        private OptionalInt expiresSeconds = OptionalInt.empty();
        private OptionalInt ttlPropagate = OptionalInt.empty();

        /** Nothing yet. */
        public Builder() {}

        public Builder hops(List<Hop> given) {
            hops = given;
            return this;
        }

        public Builder trafficClass(int given) {
            trafficClass = given;
            return this;
        }

        public Builder realms(int given) {
            realms = given;
            return this;
        }

        /** One more. @param number the kernel's RTAX number */
        public Builder metric(int number, int value) {
            metrics.put(number, value);
            return this;
        }

        /** Keeps a metric as it is. */
        public Builder lock(int number) {
            locks |= 1 << number;
            return this;
        }

        public Builder congestionControl(String given) {
            congestionControl = given;
            return this;
        }

        public Builder preference(int given) {
            preference = given;
            return this;
        }

        public Builder expiresSeconds(int given) {
            expiresSeconds = OptionalInt.of(given);
            return this;
        }

        public Builder ttlPropagate(int given) {
            ttlPropagate = OptionalInt.of(given);
            return this;
        }

        public RouteDetails build() {
            return new RouteDetails(
                    hops,
                    trafficClass,
                    realms,
                    metrics,
                    locks,
                    congestionControl,
                    preference,
                    expiresSeconds,
                    ttlPropagate);
        }
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.BfdSession;
import io.steelyard.api.vrrp.Tracker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** {@link Tracker.Bfd}: the keys of its {@link BfdSession}. */
final class BfdSection extends Section<Tracker.Bfd> {
    private static final Duration TEN_MS = Duration.ofMillis(10);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int MULTIPLIER = 5;
    private static final int LIMIT = 255;

    private final Key<Tracker.Bfd, InetAddress> neighbour = required(
            "neighbour",
            Endpoints.address(),
            bfd -> bfd.session().neighbour(),
            "Its address; one session for each neighbour and port.");
    private final Key<Tracker.Bfd, InetAddress> source = absent(
            "source",
            Endpoints.address(),
            bfd -> bfd.session().source(),
            "the route's choice",
            "Where our packets come from.");
    private final Key<Tracker.Bfd, Duration> requiredMinRx = optional(
            "requiredMinRx",
            Forms.positiveTime(),
            bfd -> bfd.session().requiredMinRx(),
            TEN_MS,
            "The least interval at which we take packets, `1ms` to `60s`.");
    private final Key<Tracker.Bfd, Duration> desiredMinTx = optional(
            "desiredMinTx",
            Forms.positiveTime(),
            bfd -> bfd.session().desiredMinTx(),
            TEN_MS,
            "The least interval at which we send while the session is up, `1ms` to `60s`.");
    private final Key<Tracker.Bfd, Duration> idleTx = optional(
            "idleTx",
            Forms.positiveTime(),
            bfd -> bfd.session().idleTx(),
            SECOND,
            "The same while it is not up, `1s` to `60s`.");
    private final Key<Tracker.Bfd, Integer> detectMultiplier = optional(
            "detectMultiplier",
            Forms.whole(1, 255),
            bfd -> bfd.session().detectMultiplier(),
            MULTIPLIER,
            "How many of our packets in a row the neighbour must miss.");
    private final Key<Tracker.Bfd, Boolean> passive = optional(
            "passive",
            Forms.flag(),
            bfd -> bfd.session().isPassive(),
            false,
            "Says nothing before the neighbour was heard.");
    private final Key<Tracker.Bfd, Integer> hopLimit = optional(
            "hopLimit",
            Forms.whole(1, 255),
            bfd -> bfd.session().hopLimit(),
            LIMIT,
            "TTL or hop limit of our packets; routers take nothing but 255 over one hop.");
    private final Key<Tracker.Bfd, Integer> mostHops = absent(
            "mostHops",
            Forms.whole(0, 255),
            bfd -> Optional.of(bfd.session().mostHops())
                    .filter(hops ->
                            hops != BfdSession.usualMostHops(bfd.session().isMultihop())),
            "`0`, with `multihop` `255`",
            "By how much less than `hopLimit` a received packet's limit may be; `255` for any.");
    private final Key<Tracker.Bfd, Boolean> multihop = optional(
            "multihop",
            Forms.flag(),
            bfd -> bfd.session().isMultihop(),
            false,
            "Port 4784, for neighbours behind routers, instead of 3784.");

    BfdSection() {
        super("BFD tracker");
    }

    @Override
    Tracker.Bfd make(Values values) {
        var builder = BfdSession.builder(values.get(neighbour))
                .requiredMinRx(values.or(requiredMinRx, TEN_MS))
                .desiredMinTx(values.or(desiredMinTx, TEN_MS))
                .idleTx(values.or(idleTx, SECOND))
                .detectMultiplier(values.or(detectMultiplier, MULTIPLIER))
                .passive(values.or(passive, false))
                .hopLimit(values.or(hopLimit, LIMIT))
                .multihop(values.or(multihop, false));
        values.find(source).ifPresent(builder::source);
        values.find(mostHops).ifPresent(builder::mostHops);
        return new Tracker.Bfd(TrackerSection.UNNAMED, 0, builder.build());
    }
}

package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.BfdSession;
import io.steelyard.config.keepalived.grammar.Entry;
import java.math.BigDecimal;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads one {@code bfd_instance}, with keepalived's defaults: packets leave with a TTL of 255, and over IPv6 with a hop limit of 64. One use. */
final class BfdReader {
    private static final int LIMIT_IPV4 = 255;
    private static final int LIMIT_IPV6 = 64;
    private static final BigDecimal NANOS_PER_MS = BigDecimal.valueOf(1_000_000);

    private final Findings findings;
    private final Values values;
    private Optional<InetAddress> neighbour = Optional.empty();
    private Optional<InetAddress> source = Optional.empty();
    private Optional<Duration> requiredMinRx = Optional.empty();
    private Optional<Duration> desiredMinTx = Optional.empty();
    private Optional<Duration> idleTx = Optional.empty();
    private OptionalInt multiplier = OptionalInt.empty();
    private OptionalInt hopLimit = OptionalInt.empty();
    private OptionalInt mostHops = OptionalInt.empty();
    private boolean isPassive;
    private boolean isMultihop;
    private boolean isForRouters;
    private boolean isForChecks;

    BfdReader(Findings findings, Values values) {
        this.findings = findings;
        this.values = values;
    }

    void read(Entry entry) {
        switch (entry.keyword()) {
            case "neighbor_ip", "neighbour_ip" -> neighbour = values.address(entry);
            case "source_ip" -> source = values.address(entry);
            case "min_rx" -> requiredMinRx = milliseconds(entry, 1, 1_000);
            case "min_tx" -> desiredMinTx = milliseconds(entry, 1, 1_000);
            case "idle_tx" -> idleTx = milliseconds(entry, 1_000, 10_000);
            case "multiplier" -> multiplier = values.number(entry, 1, 10);
            case "ttl", "hoplimit" -> hopLimit = values.number(entry, 1, 255);
            case "max_hops" -> mostHops = values.number(entry, -1, 255);
            case "passive" -> isPassive = true;
            case "multihop" -> isMultihop = values.truth(entry);
            case "vrrp" -> isForRouters = true;
            default -> isForChecks = true;
        }
    }

    /** The session; empty where something is missing or wrong, and where it is not for virtual routers. */
    Optional<BfdSession> session(Entry block, String name) {
        if (neighbour.isEmpty()) {
            findings.error(
                    block.position(), "bfd_instance '" + name + "' has no neighbor_ip", "an IPv4 or IPv6 address");
            return Optional.empty();
        }
        if (isForChecks && !isForRouters) {
            findings.notice(
                    block.position(),
                    "bfd_instance '" + name + "' is for 'checker' alone and has no effect: packet forwarding is not"
                            + " carried out here yet");
            return Optional.empty();
        }
        int limit = hopLimit.orElse(neighbour.get() instanceof Inet6Address ? LIMIT_IPV6 : LIMIT_IPV4);
        int hops = mostHops.orElse(0);
        var builder = BfdSession.builder(neighbour.get())
                .passive(isPassive)
                .multihop(isMultihop)
                .hopLimit(limit)
                // -1 looks at nothing in older versions, 255 does in all.
                .mostHops(hops < 0 ? BfdSession.ANY_HOPS : hops);
        source.ifPresent(builder::source);
        requiredMinRx.ifPresent(builder::requiredMinRx);
        desiredMinTx.ifPresent(builder::desiredMinTx);
        idleTx.ifPresent(builder::idleTx);
        multiplier.ifPresent(builder::detectMultiplier);
        try {
            return Optional.of(builder.build());
        } catch (IllegalArgumentException wrong) {
            findings.refused(block.position(), wrong);
            return Optional.empty();
        }
    }

    /** Milliseconds with up to three decimals. */
    private Optional<Duration> milliseconds(Entry entry, int least, int most) {
        return values.one(entry).flatMap(word -> {
            var text = word.text();
            if (text.matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
                var value = new BigDecimal(text);
                if (value.compareTo(BigDecimal.valueOf(least)) >= 0 && value.compareTo(BigDecimal.valueOf(most)) <= 0) {
                    return Optional.of(
                            Duration.ofNanos(value.multiply(NANOS_PER_MS).longValue()));
                }
            }
            findings.error(
                    word.position(),
                    entry.keyword() + " is '" + text + "'",
                    "milliseconds from " + least + " to " + most);
            return Optional.empty();
        });
    }
}

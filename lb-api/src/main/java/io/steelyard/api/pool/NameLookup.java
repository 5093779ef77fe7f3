package io.steelyard.api.pool;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which name servers are asked for a host name in place of the system's resolver, and how (nginx {@code resolver}). Immutable.
 *
 * @param nameServers at least one, each with an address; they take turns, and another one is asked where one does not answer
 * @param validFor how long an answer is used; absent for as long as the answer says (its least TTL). At least a second in any case
 * @param timeout how long a name may take, all its questions together
 * @param ipv4 whether IPv4 addresses are asked for; for one of the two it must be so
 * @param ipv6 whether IPv6 addresses are asked for
 * @param service looks for SRV records (RFC 2782) of this service: with a dot it stands before the host as it is, otherwise as {@code
 *     _service._tcp}. They give the ports; servers of the lowest priority are of the server's own tier, all others one tier higher, or are
 *     left out where the server is a backup itself; a server of weight 1 has the weight of its record (nginx {@code service}). Absent for
 *     the addresses of the host itself
 * @param slot makes the server a place for one address; absent for one server for each address
 */
public record NameLookup(
        List<InetSocketAddress> nameServers,
        Optional<Duration> validFor,
        Duration timeout,
        boolean ipv4,
        boolean ipv6,
        Optional<String> service,
        Optional<NameSlot> slot) {
    /** How long a name may take where nothing else is said: 30 s, as with nginx. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public NameLookup {
        nameServers = List.copyOf(nameServers);
        if (nameServers.isEmpty() || nameServers.stream().anyMatch(InetSocketAddress::isUnresolved)) {
            throw new IllegalArgumentException("name servers are " + nameServers + ", expected one address at least");
        }
        validFor.ifPresent(time -> positive(time, "validFor"));
        positive(timeout, "timeout");
        if (!ipv4 && !ipv6) {
            throw new IllegalArgumentException("neither ipv4 nor ipv6 is asked for, expected one of them at least");
        }
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(slot, "slot");
        service.filter(String::isEmpty).ifPresent(empty -> {
            throw new IllegalArgumentException("the service is empty");
        });
    }

    /** One server for each address. */
    public NameLookup(
            List<InetSocketAddress> nameServers,
            Optional<Duration> validFor,
            Duration timeout,
            boolean ipv4,
            boolean ipv6,
            Optional<String> service) {
        this(nameServers, validFor, timeout, ipv4, ipv6, service, Optional.empty());
    }

    static void positive(Duration time, String name) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(name + " is " + time + ", expected more than 0");
        }
    }

    /** Asks for addresses of both kinds, and heeds what answers say of how long they hold. */
    public static NameLookup at(InetSocketAddress... nameServers) {
        return new NameLookup(List.of(nameServers), Optional.empty(), DEFAULT_TIMEOUT, true, true, Optional.empty());
    }

    /** The same, for SRV records of this service. */
    public NameLookup forService(String name) {
        return new NameLookup(nameServers, validFor, timeout, ipv4, ipv6, Optional.of(name), slot);
    }

    /** The same, for servers with one address each. */
    public NameLookup withSlot(NameSlot one) {
        return new NameLookup(nameServers, validFor, timeout, ipv4, ipv6, service, Optional.of(one));
    }
}

package io.steelyard.core.name;

import io.netty.handler.codec.dns.DnsRecordType;
import io.steelyard.api.NameServerStatus;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.pool.HostNames.Answer;
import io.steelyard.pool.HostNames.Failure;
import io.steelyard.pool.HostNames.Found;
import io.steelyard.pool.HostNames.NoAnswerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds servers by asking the name servers of a {@link NameLookup}. Remembers nothing. Waits for answers: never on a loop. Safe for all
 * threads.
 */
public final class NameServers {
    /** Further questions for one name where answers hold aliases alone; who answers for others follows them all by itself. */
    private static final int MOST_ALIASES = 8;

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final long MOST_SECONDS = Integer.MAX_VALUE;

    /** After so long without an answer the next server is asked, as with nginx. */
    private static final Duration TRY = Duration.ofSeconds(5);

    private final Duration trying;

    /** Whose turn it is. Any thread adds; each value is used once, in whatever order. */
    private final AtomicInteger turn = new AtomicInteger();

    /** Filled by whoever asks first; the configuration's name servers are few. */
    private final Map<Counted, NameServerCounts> counts = new ConcurrentHashMap<>();

    private record Counted(String section, InetSocketAddress server) {}

    public NameServers() {
        this(TRY);
    }

    /** @param trying for how long a name server may be silent before the next is asked */
    NameServers(Duration trying) {
        this.trying = trying;
    }

    /**
     * The servers of a name.
     *
     * @param port theirs, where it is not that of a service
     * @throws UnknownHostException where there is no server, or nobody answers in time
     */
    public Answer find(String host, int port, NameLookup lookup) throws UnknownHostException {
        if (lookup.slot().isPresent()) {
            return find(host, port, lookup, lookup.slot().get());
        }
        long deadlineNs = System.nanoTime() + lookup.timeout().toNanos();
        try (var client = new DnsClient(lookup.nameServers(), turn.getAndIncrement(), trying, deadlineNs)) {
            var asking = new Asking(lookup, client);
            var found = lookup.service().isPresent()
                    ? asking.servers(serviceName(host, lookup.service().get()))
                    : asking.addresses(host).stream()
                            .map(address -> new Found(address, port, 0, 0))
                            .toList();
            if (found.isEmpty()) {
                throw new UnknownHostException(host);
            }
            var validFor = lookup.validFor().orElse(Duration.ofSeconds(asking.leastTtl));
            return new Answer(found, validFor.compareTo(LEAST) < 0 ? LEAST : validFor);
        } catch (UnknownHostException unknown) {
            throw unknown;
        } catch (IOException | IllegalArgumentException unanswered) {
            throw (UnknownHostException)
                    new UnknownHostException(host + ": " + unanswered.getMessage()).initCause(unanswered);
        }
    }

    private NameServerCounts counts(String section, InetSocketAddress server) {
        return counts.computeIfAbsent(new Counted(section, server), counted -> new NameServerCounts());
    }

    /** What became of the questions of slots, by section. */
    public List<NameServerStatus> status() {
        return counts.entrySet().stream()
                .map(entry -> entry.getValue()
                        .status(entry.getKey().section(), entry.getKey().server()))
                .sorted(Comparator.comparing(NameServerStatus::section).thenComparing(NameServerStatus::address))
                .toList();
    }

    /** All name servers are asked at once, and what goes wrong is told as HAProxy tells it apart. */
    private Answer find(String host, int port, NameLookup lookup, NameSlot slot) throws UnknownHostException {
        try (var client = new DnsClient(lookup.nameServers(), slot, server -> counts(slot.section(), server))) {
            var asking = new Asking(lookup, client);
            var found = lookup.service().isPresent()
                    ? asking.places(serviceName(host, lookup.service().get()))
                    : asking.preferred(host).stream()
                            .map(address -> new Found(address, port, 0, 0))
                            .toList();
            if (found.isEmpty()) {
                throw new NoAnswerException(
                        asking.isUnknown ? Failure.UNKNOWN : Failure.FAILED,
                        asking.isUnknown ? "there is no such name" : "the answer has no address");
            }
            return new Answer(found, lookup.validFor().orElse(Duration.ofSeconds(Math.max(1, asking.leastTtl))));
        } catch (UnknownHostException unknown) {
            throw unknown;
        } catch (SocketTimeoutException silent) {
            throw new NoAnswerException(Failure.SILENT, "no name server answers");
        } catch (DnsClient.RefusedException refused) {
            throw new NoAnswerException(Failure.REFUSED, "name servers refuse to answer");
        } catch (IOException | IllegalArgumentException other) {
            throw new NoAnswerException(Failure.FAILED, String.valueOf(other.getMessage()));
        }
    }

    private static String serviceName(String host, String service) {
        return (service.indexOf('.') >= 0 ? service : "_" + service + "._tcp") + "." + host;
    }

    /** The questions for one name. One thread. */
    private final class Asking {
        private final NameLookup lookup;
        private final DnsClient client;
        private long leastTtl = MOST_SECONDS;

        /** Whether the last answer said that there is no such name. */
        private boolean isUnknown;

        private Asking(NameLookup lookup, DnsClient client) {
            this.lookup = lookup;
            this.client = client;
        }

        /** The addresses of the preferred kind, or those of the other where there is none. */
        private List<InetAddress> preferred(String host) throws IOException {
            boolean isIpv4First = lookup.slot().orElse(NameSlot.DEFAULT).prefersIpv4();
            var found = new ArrayList<InetAddress>();
            addAddresses(host, isIpv4First ? DnsRecordType.A : DnsRecordType.AAAA, found);
            if (found.isEmpty() && !isUnknown) {
                addAddresses(host, isIpv4First ? DnsRecordType.AAAA : DnsRecordType.A, found);
            }
            return found;
        }

        /** One server for each record of a service: at the least address of its target, so that it stays where answers are turned round. */
        private List<Found> places(String name) throws IOException {
            Map<String, Optional<InetAddress>> known = new HashMap<>();
            var found = new ArrayList<Found>();
            for (var record : records(name, DnsRecordType.SRV)) {
                if (record instanceof DnsRecord.Service service
                        && !service.target().isEmpty()
                        && service.port() > 0) {
                    var address = known.get(service.target());
                    if (address == null) {
                        address = preferred(service.target()).stream()
                                .min((a, b) -> Arrays.compareUnsigned(a.getAddress(), b.getAddress()));
                        known.put(service.target(), address);
                    }
                    address.ifPresent(at -> found.add(new Found(at, service.port(), service.weight(), 0)));
                }
            }
            return found;
        }

        private List<InetAddress> addresses(String host) throws IOException {
            var found = new ArrayList<InetAddress>();
            if (lookup.ipv4()) {
                addAddresses(host, DnsRecordType.A, found);
            }
            if (lookup.ipv6()) {
                addAddresses(host, DnsRecordType.AAAA, found);
            }
            return found;
        }

        private void addAddresses(String host, DnsRecordType type, List<InetAddress> found) throws IOException {
            for (var record : records(host, type)) {
                if (record instanceof DnsRecord.Address address) {
                    found.add(address.address());
                }
            }
        }

        /** Servers of the lowest priority first, as tier 0; all others are tier 1. */
        private List<Found> servers(String name) throws IOException {
            var services = new ArrayList<DnsRecord.Service>();
            for (var record : records(name, DnsRecordType.SRV)) {
                // RFC 2782: a target of "." says that there is no such service.
                if (record instanceof DnsRecord.Service service
                        && !service.target().isEmpty()
                        && service.port() > 0) {
                    services.add(service);
                }
            }
            int lowest = services.stream()
                    .mapToInt(DnsRecord.Service::priority)
                    .min()
                    .orElse(0);
            Map<String, List<InetAddress>> known = new HashMap<>();
            var found = new LinkedHashMap<String, Found>();
            for (var service : services) {
                var addresses = known.get(service.target());
                if (addresses == null) {
                    addresses = addresses(service.target());
                    known.put(service.target(), addresses);
                }
                int tier = service.priority() == lowest ? 0 : 1;
                for (var address : addresses) {
                    found.putIfAbsent(
                            address.getHostAddress() + " " + service.port(),
                            new Found(address, service.port(), Math.max(1, service.weight()), tier));
                }
            }
            return List.copyOf(found.values());
        }

        /** The records of this type, of the name or of what it is an alias of; none where there is no such name. */
        private List<DnsRecord> records(String name, DnsRecordType type) throws IOException {
            var asked = name;
            for (int i = 0; i <= MOST_ALIASES; i++) {
                var answer = client.ask(asked, type);
                isUnknown = !answer.isKnown();
                var meant = followed(asked, answer.records());
                var records = answer.records().stream()
                        .filter(record -> !(record instanceof DnsRecord.Alias)
                                && record.owner().equals(meant))
                        .toList();
                if (!records.isEmpty()) {
                    records.forEach(record -> leastTtl = Math.min(leastTtl, record.ttl()));
                    return records;
                }
                if (meant.equals(asked) || !answer.isKnown()) {
                    return List.of();
                }
                asked = meant;
            }
            throw new IOException("too many aliases");
        }

        /** What the name stands for in the end. */
        private String followed(String name, List<DnsRecord> records) {
            var aliases = new HashMap<String, DnsRecord.Alias>();
            for (var record : records) {
                if (record instanceof DnsRecord.Alias alias) {
                    aliases.put(alias.owner(), alias);
                }
            }
            var met = new HashSet<String>();
            var meant = name.toLowerCase(java.util.Locale.ROOT);
            for (var next = aliases.get(meant); next != null && met.add(meant); next = aliases.get(meant)) {
                leastTtl = Math.min(leastTtl, next.ttl());
                meant = next.target();
            }
            return meant;
        }
    }
}

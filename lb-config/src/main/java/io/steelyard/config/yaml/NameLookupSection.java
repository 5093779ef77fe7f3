package io.steelyard.config.yaml;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** {@link NameLookup}. */
final class NameLookupSection extends Section<NameLookup> {
    private final Key<NameLookup, List<InetSocketAddress>> nameServers = required(
            "nameServers",
            Forms.list(Endpoints.numeric()),
            NameLookup::nameServers,
            "Who is asked, such as `127.0.0.1:53`; they take turns, and another one is asked where one does not answer.");
    private final Key<NameLookup, Duration> validFor = absent(
            "validFor",
            Forms.positiveTime(),
            NameLookup::validFor,
            "as long as the answer says",
            "How long an answer is used; at least a second.");
    private final Key<NameLookup, Duration> timeout = optional(
            "timeout",
            Forms.positiveTime(),
            NameLookup::timeout,
            NameLookup.DEFAULT_TIMEOUT,
            "How long a name may take, all its questions together.");
    private final Key<NameLookup, Boolean> ipv4 =
            optional("ipv4", Forms.flag(), NameLookup::ipv4, true, "Whether IPv4 addresses are asked for.");
    private final Key<NameLookup, Boolean> ipv6 =
            optional("ipv6", Forms.flag(), NameLookup::ipv6, true, "Whether IPv6 addresses are asked for.");
    private final Key<NameLookup, String> service = absent(
            "service",
            Forms.text(),
            NameLookup::service,
            "the host's own addresses",
            "SRV records are looked for: with a dot it stands before the host as it is, otherwise as `_service._tcp`. They give ports; servers "
                    + "of the lowest priority are primary, the others backups; a server of weight 1 has its record's weight.");

    private final Key<NameLookup, NameSlot> slot = absent(
            "slot",
            new NameSlotSection(),
            NameLookup::slot,
            "one server for each address",
            "Makes the server a place for one address of the answer, which no other server of the pool and this name has.");

    NameLookupSection() {
        super("name lookup");
    }

    @Override
    NameLookup make(Values values) {
        return new NameLookup(
                values.get(nameServers),
                values.find(validFor),
                values.or(timeout, NameLookup.DEFAULT_TIMEOUT),
                values.or(ipv4, true),
                values.or(ipv6, true),
                values.find(service),
                values.find(slot));
    }
}

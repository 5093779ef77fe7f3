package io.steelyard.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Network;
import io.steelyard.pool.HostNames.Found;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NameSlotsTest {
    private final NameSlots slots = new NameSlots();
    private List<Found> answer = List.of();

    private static NameSlot slot(boolean prefersIpv4, boolean sharesAddresses, Network... preferred) {
        var usual = NameSlot.DEFAULT;
        return new NameSlot(
                "d",
                usual.tries(),
                usual.tryTimeout(),
                usual.again(),
                usual.payloadBytes(),
                usual.holds(),
                prefersIpv4,
                List.of(preferred),
                sharesAddresses,
                false,
                usual.start());
    }

    private static NameLookup lookup(NameSlot slot) {
        return NameLookup.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53))
                .withSlot(slot);
    }

    private static RealServer server(String id, NameLookup lookup) {
        return RealServer.builder("app.example:80")
                .id(id)
                .weight(7)
                .nameLookup(lookup)
                .build();
    }

    private static Found at(String address) {
        return new Found(ServerAddress.numericAddress(address), 80, 0, 0);
    }

    private List<String> resolved(RealServer... servers) {
        var builder = ServerPool.builder("p");
        Stream.of(servers).forEach(builder::server);
        var resolver = new HostNames.Resolver() {
            @Override
            public List<InetAddress> resolve(String host) throws UnknownHostException {
                throw new UnknownHostException(host);
            }

            @Override
            public HostNames.Answer find(String host, int port, NameLookup lookup) {
                return new HostNames.Answer(answer, Duration.ofSeconds(1));
            }
        };
        var resolution = HostNames.resolve(builder.build(), resolver, slots);
        assertThat(resolution.problems()).isEmpty();
        return resolution.pool().servers().stream()
                .map(server -> server.id() + " "
                        + (server.lacksAddress() ? "-" : server.address().text() + " " + server.weight()))
                .toList();
    }

    @Test
    void eachServerKeepsItsAddressAndTheOthersTakeWhatIsLeft() {
        var usual = lookup(slot(true, false));
        var all = new RealServer[] {server("a", usual), server("b", usual), server("c", usual)};
        answer = List.of(at("10.0.0.1"), at("10.0.0.2"));
        assertThat(resolved(all)).containsExactly("a 10.0.0.1:80 7", "b 10.0.0.2:80 7", "c -");
        answer = List.of(at("10.0.0.3"), at("10.0.0.2"), at("10.0.0.1"));
        assertThat(resolved(all)).containsExactly("a 10.0.0.1:80 7", "b 10.0.0.2:80 7", "c 10.0.0.3:80 7");
        answer = List.of(at("10.0.0.3"), at("10.0.0.4"), at("10.0.0.2"));
        assertThat(resolved(all)).containsExactly("a 10.0.0.4:80 7", "b 10.0.0.2:80 7", "c 10.0.0.3:80 7");
        answer = List.of();
        assertThat(resolved(all)).containsExactly("a -", "b -", "c -");
    }

    @Test
    void preferredNetworksAndKindsGoBeforeAndAddressesMayBeShared() {
        answer = List.of(at("10.0.0.1"), at("2001:db8::1"), at("10.1.0.1"));
        assertThat(resolved(
                        server("four", lookup(slot(true, false, Network.parse("10.1.0.0/16")))),
                        server("six", lookup(slot(false, false))),
                        server("more", lookup(slot(true, true, Network.parse("10.1.0.0/16"))))))
                .containsExactly("four 10.1.0.1:80 7", "six [2001:db8:0:0:0:0:0:1]:80 7", "more 10.1.0.1:80 7");
    }

    @Test
    void recordsOfAServiceGivePortAndWeight() {
        var service = lookup(slot(true, false)).forService("_http._tcp");
        answer = List.of(
                new Found(ServerAddress.numericAddress("10.0.0.1"), 81, 256, 0),
                new Found(ServerAddress.numericAddress("10.0.0.1"), 82, 257, 0),
                new Found(ServerAddress.numericAddress("10.0.0.2"), 81, 0, 0));
        assertThat(resolved(server("a", service), server("b", service), server("c", service)))
                .containsExactly("a 10.0.0.1:81 1", "b 10.0.0.1:82 2", "c 10.0.0.2:81 0");
    }
}

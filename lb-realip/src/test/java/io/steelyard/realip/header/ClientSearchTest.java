package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.ClientAddressRule.Unreadable;
import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.CidrTrie;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.ClientSearch.Certainty;
import io.steelyard.realip.header.ClientSearch.Client;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClientSearchTest {
    private static final Endpoint PEER = Endpoint.of(0, 0xFFFF_0A00_0001L, 1);

    private static ClientSearch search(Unreadable unreadable) {
        return new ClientSearch(CidrTrie.of(List.of(Network.parse("10.0.0.0/8"))), false, unreadable);
    }

    private static String text(Client client) {
        return client.endpoint().addressText() + " " + client.certainty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.1.1.1 | 1.1.1.1 VERIFIED",
                "6.6.6.6, 1.1.1.1, 10.0.0.2 | 1.1.1.1 VERIFIED",
                "10.0.0.3, 10.0.0.2 | 10.0.0.3 VERIFIED",
                "garbage, 1.1.1.1 | 1.1.1.1 VERIFIED",
                "1.1.1.1, unknown, 10.0.0.2 | 10.0.0.1 REJECTED",
                "1.1.1.1:80, [2001:db8::1]:80 | 2001:db8::1 VERIFIED",
                "01.1.1.1 | 10.0.0.1 REJECTED",
                " , | 10.0.0.1 VERIFIED",
            })
    void goesFromTheNearestHopToTheFirstThatIsNotTrusted(String line, String expected) {
        assertThat(text(search(Unreadable.REJECT).byForwardedFor(PEER, List.of(line))))
                .isEqualTo(expected);
    }

    @Test
    void anUnreadableHopIsNeverPassedOver() {
        var line = List.of("1.1.1.1, unknown, 10.0.0.2");

        assertThat(text(search(Unreadable.PEER).byForwardedFor(PEER, line))).isEqualTo("10.0.0.1 UNVERIFIED");
        assertThat(text(search(Unreadable.LAST).byForwardedFor(PEER, line))).isEqualTo("10.0.0.2 UNVERIFIED");
    }

    @ParameterizedTest
    @EnumSource(Unreadable.class)
    void aStrangersWordIsNotEvenRead(Unreadable unreadable) {
        var stranger = Endpoint.of(0, 0xFFFF_0808_0808L, 1);

        assertThat(search(unreadable).byForwardedFor(stranger, List.of("garbage")))
                .isEqualTo(new Client(stranger, Certainty.VERIFIED));
        assertThat(search(unreadable).byForwarded(stranger, List.of("garbage")))
                .isEqualTo(new Client(stranger, Certainty.VERIFIED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=6.6.6.6, for=1.1.1.1;proto=https, for=10.0.0.2 | 1.1.1.1 VERIFIED",
                "for=\"[2001:db8::1]:4711\" | 2001:db8::1 VERIFIED",
                "for=_hidden, for=10.0.0.2 | 10.0.0.1 REJECTED",
                "proto=https | 10.0.0.1 REJECTED",
                "for=1.1.1.1, for=10.0.0.2 broken | 10.0.0.1 REJECTED",
            })
    void readsForwardedToo(String line, String expected) {
        assertThat(text(search(Unreadable.REJECT).byForwarded(PEER, List.of(line))))
                .isEqualTo(expected);
    }

    @Test
    void linesAreOneList() {
        assertThat(text(search(Unreadable.REJECT).byForwardedFor(PEER, List.of("6.6.6.6, 1.1.1.1", "10.0.0.2"))))
                .isEqualTo("1.1.1.1 VERIFIED");
        assertThat(search(Unreadable.REJECT).byForwardedFor(PEER, List.of()).endpoint())
                .isEqualTo(PEER);
    }

    @Test
    void tooManyHopsAreAsAnUnreadableOne() {
        var most = "10.0.0.2, ".repeat(ClientSearch.MOST_HOPS);

        assertThat(text(search(Unreadable.REJECT).byForwardedFor(PEER, List.of(most))))
                .endsWith("VERIFIED");
        assertThat(text(search(Unreadable.REJECT).byForwardedFor(PEER, List.of("1.1.1.1, " + most))))
                .endsWith("REJECTED");
    }
}

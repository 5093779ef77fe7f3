package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.IngressPolicy;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.IngressFields.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngressFieldsTest {
    private static final Endpoint PEER = Endpoint.of(0, 0xFFFF_0A00_0001L, 4_000);
    private static final Endpoint CLIENT = Endpoint.of(0, 0xFFFF_0909_0909L, 0);

    private static Request request(boolean isPeerTrusted) {
        return new Request(PEER, isPeerTrusted, isPeerTrusted ? CLIENT : PEER, true, "h.example", 443);
    }

    private static List<String> added(IngressPolicy policy, boolean isPeerTrusted, String forwarded) {
        return IngressFields.change(policy, request(isPeerTrusted), List.of("9.9.9.9", "10.0.0.7"), List.of(forwarded))
                .add()
                .stream()
                .map(line -> line.name() + ": " + line.value())
                .toList();
    }

    @Test
    void overwritingTellsOnlyWhatWeSaw() {
        var expected = List.of(
                "X-Forwarded-For: 10.0.0.1",
                "X-Real-IP: 10.0.0.1",
                "Forwarded: for=10.0.0.1;proto=https;host=h.example",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: h.example",
                "X-Forwarded-Port: 443");

        assertThat(added(IngressPolicy.OVERWRITE, false, "for=6.6.6.6")).isEqualTo(expected);
        assertThat(added(IngressPolicy.APPEND, false, "for=6.6.6.6")).isEqualTo(expected);
        assertThat(IngressFields.change(IngressPolicy.OVERWRITE, request(false), List.of(), List.of())
                        .removes())
                .isTrue();
    }

    @Test
    void appendingKeepsWhatATrustedPeerTold() {
        assertThat(added(IngressPolicy.APPEND, true, "for=9.9.9.9"))
                .startsWith(
                        "X-Forwarded-For: 9.9.9.9, 10.0.0.7, 10.0.0.1",
                        "X-Real-IP: 9.9.9.9",
                        "Forwarded: for=9.9.9.9, for=10.0.0.1;proto=https;host=h.example");
        assertThat(added(IngressPolicy.APPEND, true, "broken"))
                .contains("Forwarded: for=10.0.0.1;proto=https;host=h.example");
    }

    @Test
    void keepingChangesNothing() {
        var change = IngressFields.change(IngressPolicy.KEEP, request(true), List.of("1.1.1.1"), List.of());

        assertThat(change.removes()).isFalse();
        assertThat(change.add()).isEmpty();
    }

    @Test
    void aClientWithoutAddressIsUnknown() {
        var change = IngressFields.change(
                IngressPolicy.OVERWRITE,
                new Request(Endpoint.UNIX, false, Endpoint.UNIX, false, "", 80),
                List.of(),
                List.of());

        assertThat(change.add())
                .containsExactly(
                        new HeaderLine("Forwarded", "for=unknown;proto=http"),
                        new HeaderLine("X-Forwarded-Proto", "http"),
                        new HeaderLine("X-Forwarded-Port", "80"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "x_forwarded_for", "X-Real_IP", "FORWARDED", "X-Forwarded-Prefix"})
    void namesAreKnownInEverySpelling(String name) {
        assertThat(IngressFields.isAboutClient(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "X-Forwarded-Fork", "Via", ""})
    void otherFieldsAreLeftAlone(String name) {
        assertThat(IngressFields.isAboutClient(name)).isFalse();
    }
}

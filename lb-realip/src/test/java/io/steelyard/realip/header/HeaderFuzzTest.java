package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.api.http.ClientAddressRule.Unreadable;
import io.steelyard.api.http.IngressPolicy;
import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.CidrTrie;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.IngressFields.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Any field values at all: nothing is thrown, and what was read of Forwarded and written again is read the same. A build runs the inputs kept
 * beside it; {@code JAZZER_FUZZ=1 mvn -pl lb-realip test -Dtest=HeaderFuzzTest} looks for new ones.
 */
class HeaderFuzzTest {
    private static final Endpoint PEER = Endpoint.of(0, 0xFFFF_0A00_0001L, 1);
    private static final List<Network> TRUSTED = List.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32"));
    private static final RealIpRule RULE = RealIpRule.builder()
            .header("X-Forwarded-For")
            .trusted(TRUSTED)
            .recursive(true)
            .build();
    private static final ClientSearch SEARCH = new ClientSearch(CidrTrie.of(TRUSTED), false, Unreadable.LAST);

    @FuzzTest(maxDuration = "5m")
    void readsAnything(byte[] bytes) {
        var lines = List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1));
        var client = RULE.client(PEER, lines);
        assertThat(client == null || client.isIp()).isTrue();
        SEARCH.byForwardedFor(PEER, lines);
        SEARCH.byForwarded(PEER, lines);
        ForwardedElement.parse(lines).ifPresent(elements -> {
            var text = String.join(
                    ", ", elements.stream().map(ForwardedElement::text).toList());
            assertThat(ForwardedElement.parse(List.of(text))).contains(elements);
        });
        var request = new Request(PEER, true, PEER, false, "", 80);
        assertThat(IngressFields.change(IngressPolicy.APPEND, request, lines, lines)
                        .removes())
                .isTrue();
        assertThat(ForwardedText.elements(lines.getFirst()).stream().filter(ForwardedText::isSound))
                .allSatisfy(element -> assertThat(element).isNotEmpty());
    }
}

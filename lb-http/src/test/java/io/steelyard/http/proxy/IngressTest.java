package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.ClientAddressRule.Unreadable;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.IngressPolicy;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What servers are told of the client: what we saw, whatever the request says; and whose word about the client counts. */
class IngressTest {
    private static final String LIES =
            "X-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nTrue-Client-IP: 6.6.6.6\r\n"
                    + "X-Forwarded-Proto: https\r\nX_Forwarded_For: 6.6.6.6\r\n";

    private static ClientAddressRule trusting(String field, Unreadable unreadable) {
        return new ClientAddressRule(List.of(Network.parse("127.0.0.0/8")), field, true, unreadable);
    }

    private static Fixture inFrontOf(ScriptedServer server, IngressPolicy policy, boolean isTrusted)
            throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> {
                    if (isTrusted) {
                        root.clientAddress(trusting("x-forwarded-for", Unreadable.PEER));
                    }
                    return root.content(HttpProxy.toPool("web").build());
                },
                HttpClientOptions.builder()
                        .keepsUnderscores(true)
                        .ingress(policy)
                        .build());
    }

    /** The fields a server received that are about the client, by their names in small letters. */
    private static String received(Fixture proxy, ScriptedServer server, String fields) throws IOException {
        try (var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        var about = new TreeMap<String, String>();
        for (var line : server.requests().getLast().head().split("\r\n")) {
            var parts = line.split(": ", 2);
            var name = parts[0].toLowerCase(Locale.ROOT);
            if (name.contains("forwarded") || name.contains("real") || name.contains("client")) {
                about.put(name, parts[1]);
            }
        }
        return about.toString().replace(Integer.toString(proxy.port()), "PORT");
    }

    @Test
    void atTheEdgeServersHearWhatWeSawAndNothingElse() throws IOException {
        var seen =
                "{forwarded=for=127.0.0.1;proto=http;host=site, x-forwarded-for=127.0.0.1, x-forwarded-host=site, x-forwarded-port=PORT, "
                        + "x-forwarded-proto=http, x-real-ip=127.0.0.1}";
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server, IngressPolicy.OVERWRITE, false)) {
            assertThat(received(proxy, server, "")).isEqualTo(seen);
            assertThat(received(proxy, server, LIES)).isEqualTo(seen);
        }
    }

    @Test
    void aTrustedPeersWordsAreKeptAndOursAppended() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server, IngressPolicy.APPEND, true)) {
            assertThat(received(proxy, server, "X-Forwarded-For: 9.9.9.9\r\nForwarded: for=9.9.9.9\r\n"))
                    .isEqualTo(
                            "{forwarded=for=9.9.9.9, for=127.0.0.1;proto=http;host=site, x-forwarded-for=9.9.9.9, 127.0.0.1, "
                                    + "x-forwarded-host=site, x-forwarded-port=PORT, x-forwarded-proto=http, x-real-ip=9.9.9.9}");
            assertThat(received(proxy, server, "")).as("nothing of it stays").doesNotContain("9.9.9.9");
        }
    }

    @Test
    void aStrangersWordsAreNotAppendedTo() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server, IngressPolicy.APPEND, false)) {
            assertThat(received(proxy, server, LIES)).doesNotContain("6.6.6.6");
        }
    }

    @Test
    void keptFieldsPassAsTheyAre() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server, IngressPolicy.KEEP, false)) {
            assertThat(received(proxy, server, "X-Forwarded-For: 6.6.6.6\r\n")).isEqualTo("{x-forwarded-for=6.6.6.6}");
        }
    }

    @Test
    void whatTheRouteSetsReplacesOurs() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web")
                                .requestField(FieldChange.set("X-Real-IP", "told by the route"))
                                .build()))) {
            assertThat(received(proxy, server, "")).contains("x-real-ip=told by the route");
        }
    }

    private static String answered(String field, Unreadable unreadable, String value) throws IOException {
        try (var proxy = Fixture.start(
                        configuration -> configuration,
                        root -> root.clientAddress(trusting(field, unreadable))
                                .content(new Content.Reply(200, Template.parse("$remote_addr"), "text/plain")));
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: s\r\n" + field + ": " + value + "\r\n\r\n");
            var answer = client.answer();
            return answer.status() == 200 ? answer.text() : Integer.toString(answer.status());
        }
    }

    @Test
    void aHopThatCannotBeReadCountsAsTheRuleSays() throws IOException {
        assertThat(answered("X-Forwarded-For", Unreadable.LAST, "1.1.1.1, unknown, 127.0.0.9"))
                .isEqualTo("127.0.0.9");
        assertThat(answered("X-Forwarded-For", Unreadable.PEER, "1.1.1.1, unknown, 127.0.0.9"))
                .isEqualTo("127.0.0.1");
        assertThat(answered("X-Forwarded-For", Unreadable.REJECT, "1.1.1.1, unknown, 127.0.0.9"))
                .isEqualTo("400");
        assertThat(answered("X-Forwarded-For", Unreadable.REJECT, "1.1.1.1, 2.2.2.2, 127.0.0.9"))
                .isEqualTo("2.2.2.2");
    }

    @Test
    void forwardedIsReadAsItsRfcHasIt() throws IOException {
        assertThat(answered("Forwarded", Unreadable.PEER, "for=1.1.1.1, for=\"[2001:db8::7]:4711\";proto=https"))
                .isEqualTo("2001:db8::7");
        assertThat(answered("Forwarded", Unreadable.REJECT, "for=_hidden")).isEqualTo("400");
    }
}

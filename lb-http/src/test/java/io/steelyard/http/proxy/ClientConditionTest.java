package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conditions about the client's network and languages. */
@Timeout(60)
class ClientConditionTest {
    private static final Content.Reply OTHERWISE = new Content.Reply(200, Template.parse("otherwise"), "text/plain");

    private static HttpRule reply(Condition condition, String text) {
        return new HttpRule(
                Optional.of(condition),
                List.of(new HttpAction.Reply(200, Optional.of(Template.parse(text)), Optional.empty())));
    }

    private static String get(Fixture proxy, String fields) throws IOException {
        try (var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: site\r\n" + fields + "\r\n");
            return client.answer().text();
        }
    }

    @Test
    void networkOfTheClientOrOfATextIsAskedFor() throws IOException {
        var own = new Condition.InNetworks(
                Template.parse("$remote_addr"), List.of(Network.parse("10.0.0.0/8"), Network.parse("127.0.0.0/8")));
        var told = new Condition.InNetworks(
                Template.parse("$http_x_from"), List.of(Network.parse("2001:db8::/32"), Network.parse("::/128")));
        try (var proxy = Fixture.start(
                configuration -> configuration,
                root -> root.rule(reply(told, "told"))
                        .rule(reply(new Condition.Not(own), "strange"))
                        .content(OTHERWISE))) {
            assertThat(get(proxy, "")).isEqualTo("otherwise");
            assertThat(get(proxy, "X-From: 2001:db8::7\r\n")).isEqualTo("told");
            assertThat(get(proxy, "X-From: unix:\r\n")).isEqualTo("told");
            assertThat(get(proxy, "X-From: 2001:db9::7\r\n")).isEqualTo("otherwise");
            assertThat(get(proxy, "X-From: 2001:db8::x\r\n")).isEqualTo("otherwise");
        }
    }

    @Test
    void languageLikedBestIsChosen() throws IOException {
        var offered = List.of("en", "de", "fr");
        try (var proxy = Fixture.start(
                configuration -> configuration,
                root -> root.rule(reply(new Condition.PrefersLanguage("de", offered), "German"))
                        .rule(reply(new Condition.PrefersLanguage("en", offered), "English"))
                        .content(OTHERWISE))) {
            assertThat(get(proxy, "")).isEqualTo("English");
            assertThat(get(proxy, "Accept-Language: en;q=0.8, de\r\n")).isEqualTo("German");
            assertThat(get(proxy, "Accept-Language: en;q=0.8\r\nAccept-Language: de-AT;q=0.9\r\n"))
                    .isEqualTo("German");
            assertThat(get(proxy, "Accept-Language: fr, de;q=0.9\r\n")).isEqualTo("otherwise");
            assertThat(get(proxy, "Accept-Language: ja\r\n")).isEqualTo("otherwise");
        }
    }
}

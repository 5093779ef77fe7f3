package io.steelyard.http.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.http.octet.Octets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cookies' values: names, dates and seals, in a time of the test's own. */
class StickyNamesTest {
    private static final long NOW = 1_700_000_000L;

    @Test
    void severalServersMayHaveOneName() {
        var pool = ServerPool.builder("p");
        for (int i = 0; i < 100; i++) {
            pool.server(RealServer.builder("10.0.0." + i + ":80")
                    .stickyName("n" + i / 2)
                    .build());
        }
        var names = StickyNames.of(pool.build(), new Value.Named());
        assertThat(find(names, "n7")).containsExactly("10.0.0.14:80", "10.0.0.15:80");
        assertThat(find(names, "n50")).isEmpty();
        assertThat(find(names, "")).isEmpty();
        assertThat(names.name("10.0.0.14:80")).isEqualTo("n7");
    }

    @Test
    void dynamicNameIsThatOfHaproxy() {
        // As HAProxy 2.6 makes it of 127.0.0.1:18472 and the key "mysecret".
        var pool =
                ServerPool.builder("p").server(RealServer.of("127.0.0.1:18472")).build();
        assertThat(StickyNames.of(pool, new Value.Keyed("mysecret")).name("127.0.0.1:18472"))
                .isEqualTo("accc675c712444d0");
    }

    @Test
    void hashOfNothingIsTheOneOfItsSpecification() {
        assertThat(XxHash64.of(new byte[0])).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(XxHash64.of(Octets.bytes("abc"))).isEqualTo(0x44BC2CF5AD770999L);
    }

    @Test
    void datesAreReadAsTheyAreWritten() {
        for (long seconds = NOW; seconds < NOW + 8; seconds++) {
            var text = Octets.bytes(CookieDates.format(seconds));
            long read = CookieDates.parse(text, 0, text.length);
            assertThat(read).isBetween(seconds, seconds + 3);
            assertThat(CookieDates.again(read)).isEqualTo(CookieDates.format(seconds));
        }
        assertThat(CookieDates.parse(Octets.bytes("ab c!"), 0, 5)).isEqualTo(CookieDates.NONE);
        assertThat(CookieDates.parse(Octets.bytes("abcd"), 0, 4)).isEqualTo(CookieDates.NONE);
    }

    @Test
    void datesAreOverAfterTheirTimeAndFarAhead() {
        var rule = CookieAffinity.builder("c")
                .maxIdle(Duration.ofMinutes(10))
                .maxLife(Duration.ofHours(1))
                .build();
        assertThat(CookieDates.isOver(rule, NOW - 600, NOW - 3_600, NOW)).isFalse();
        assertThat(CookieDates.isOver(rule, NOW - 601, NOW - 3_600, NOW)).isTrue();
        assertThat(CookieDates.isOver(rule, NOW, NOW - 3_601, NOW)).isTrue();
        assertThat(CookieDates.isOver(rule, NOW + 86_400, NOW, NOW)).isFalse();
        assertThat(CookieDates.isOver(rule, NOW + 86_401, NOW, NOW)).isTrue();
    }

    @Test
    void sealedCookieHoldsForItsLifetime() {
        var cookie = sealed("c", "p", "first secret of all");
        var text = Octets.bytes(cookie.seal("s2", NOW));
        var opened = cookie.open(text, 0, text.length, NOW + 99);
        assertThat(opened).isEqualTo(new SealedCookie.Opened("s2", NOW + 100));
        assertThat(cookie.open(text, 0, text.length, NOW + 100)).isNull();
        assertThat(cookie.isDue(opened, NOW + 49)).isFalse();
        assertThat(cookie.isDue(opened, NOW + 50)).isTrue();
    }

    @Test
    void sealedCookieIsOfOnePoolAndOneName() {
        var text = Octets.bytes(sealed("c", "p", "first secret of all").seal("s2", NOW));
        assertThat(sealed("d", "p", "first secret of all").open(text, 0, text.length, NOW))
                .isNull();
        assertThat(sealed("c", "q", "first secret of all").open(text, 0, text.length, NOW))
                .isNull();
        assertThat(sealed("c", "p", "other secret of all", "first secret of all")
                        .open(text, 0, text.length, NOW))
                .isNotNull();
    }

    @Test
    void everyChangedBitBreaksTheSeal() {
        var cookie = sealed("c", "p", "first secret of all");
        var text = Octets.bytes(cookie.seal("s1", NOW));
        // The last character holds bits that mean nothing.
        for (int i = 0; i < text.length - 1; i++) {
            for (int bit = 0; bit < 8; bit++) {
                var changed = text.clone();
                changed[i] ^= (byte) (1 << bit);
                assertThat(cookie.open(changed, 0, changed.length, NOW)).isNull();
            }
        }
    }

    private static SealedCookie sealed(String name, String pool, String... keys) {
        return new SealedCookie(
                new Value.Signed(List.of(keys), Duration.ofSeconds(100)), name, pool, List.of("s1", "s2"));
    }

    private static String[] find(StickyNames names, String text) {
        var bytes = Octets.bytes("=" + text + ";");
        return names.find(bytes, 1, bytes.length - 1);
    }
}

package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.SameSite;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.RouteAffinity;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.affinity.TableAffinity.Use;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StickyReaderTest {
    @Test
    void cookieHasEveryParameter() {
        assertThat(affinity("sticky cookie srv expires=1h domain=.example.com path=/ httponly secure samesite=lax;"))
                .isEqualTo(RequestAffinity.of(CookieAffinity.builder("srv")
                        .value(new Value.AddressDigest())
                        .expires(Duration.ofHours(1))
                        .domain(".example.com")
                        .path("/")
                        .httpOnly(true)
                        .secure(true)
                        .sameSite(SameSite.LAX)
                        .build()));
    }

    @Test
    void attributesWithVariablesAreWorkedOutForEachAnswer() {
        assertThat(affinity("sticky cookie srv domain=.$host path=$uri samesite=$arg_s;"))
                .isEqualTo(RequestAffinity.of(CookieAffinity.builder("srv")
                        .value(new CookieAffinity.Value.AddressDigest())
                        .computedAttribute(Template.parse("domain=.$host"))
                        .computedAttribute(Template.parse("path=$uri"))
                        .computedAttribute(Template.parse("samesite=$arg_s"))
                        .build()));
    }

    @Test
    void routeComparesTheServersRoutes() {
        var file = read("server 10.0.0.1 route=a drain; server 10.0.0.2 route=b; sticky route $cookie_r $arg_r;");
        var pool = file.configuration().orElseThrow().pools().getFirst();
        assertThat(pool.requestAffinity())
                .contains(RequestAffinity.of(
                        new RouteAffinity(List.of(Template.parse("$cookie_r"), Template.parse("$arg_r")))));
        assertThat(pool.servers().getFirst().stickyName()).contains("a");
        assertThat(pool.servers().getFirst().adminState()).isEqualTo(AdminState.DRAINING);
    }

    @Test
    void learnLooksUpAndStores() {
        var file =
                read("server 10.0.0.1; sticky learn create=$upstream_cookie_s lookup=$cookie_s zone=z:1m timeout=1h;");
        var configuration = file.configuration().orElseThrow();
        assertThat(configuration.stickTables())
                .containsExactly(new StickTable("z", 256, 4_096, Duration.ofHours(1), true));
        assertThat(configuration.pools().getFirst().requestAffinity())
                .contains(RequestAffinity.of(
                        new TableAffinity(Use.MATCH, "z", Template.parse("$cookie_s"), Optional.empty()),
                        new TableAffinity(
                                Use.STORE_RESPONSE, "z", Template.parse("$upstream_cookie_s"), Optional.empty())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sticky cookie;",
                "sticky cookie a=b;",
                "sticky cookie srv samesite=some;",
                "sticky cookie srv expires=$arg_e;",
                "sticky cookie srv domain=$nobody_knows;",
                "sticky cookie srv forever;",
                "sticky route $;",
                "sticky learn create=$cookie_a lookup=$cookie_a;",
                "sticky learn create=$cookie_a lookup=$cookie_a zone=z;",
                "sticky other $a;",
                "server 10.0.0.2 route=a,b;"
            })
    void whatIsWrongIsRefused(String line) {
        assertThat(read("server 10.0.0.1;" + line).problems()).anyMatch(problem -> problem.isError());
    }

    private static RequestAffinity affinity(String line) {
        return read("server 10.0.0.1; " + line)
                .configuration()
                .orElseThrow()
                .pools()
                .getFirst()
                .requestAffinity()
                .orElseThrow();
    }

    private static ReadResult read(String upstream) {
        return new NginxConfigurationReader()
                .read(ConfigurationSource.of(
                        "nginx.conf",
                        "events {} http { upstream web { " + upstream
                                + " } server { listen 80; location / { proxy_pass http://web; } } }"));
    }
}

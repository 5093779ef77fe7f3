package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Personality;
import io.steelyard.api.Problem;
import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.ServerAffinity;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.http.Condition;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the model is that proxies in mode http become. */
class HttpTranslationTest {
    private static final String TIMES =
            " mode http\n timeout client 30s\n timeout connect 5s\n timeout server 40s\n timeout http-request 7s\n";

    private static Configuration read(String text) {
        var result = new HaproxyConfigurationReader().read(ConfigurationSource.of("f", text), Map.of());
        assertThat(result.problems()).noneMatch(Problem::isError);
        return result.configuration().orElseThrow();
    }

    private static VirtualHost host(Configuration configuration) {
        var target = (Target.Http) configuration.virtualServers().getFirst().target();
        return target.service().hosts().getFirst();
    }

    private static HttpRoute route(Configuration configuration, String name) {
        return host(configuration).root().routes().stream()
                .filter(route -> route.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void clientsAreTreatedAsTheTimeoutsSay() {
        var client = host(read(
                        "listen l\n bind :80\n" + TIMES + " timeout http-keep-alive 3s\n server a 10.0.0.1:80\n"))
                .client();
        assertThat(client.personality()).isEqualTo(Personality.HAPROXY);
        assertThat(client.headerTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(client.idleTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(client.bodyTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(client.keepsUnderscores()).isTrue();
    }

    @Test
    void aBackendIsARouteOfItsOwnBehindTheChoice() {
        var configuration = read("frontend f\n bind :80\n" + TIMES
                + " use_backend img if { path_beg /img }\n default_backend web\n"
                + "backend web\n" + TIMES
                + " retries 2\n option redispatch\n retry-on conn-failure 503\n server a 10.0.0.1:80\n"
                + "backend img\n" + TIMES + " http-reuse never\n server b 10.0.0.2:80 maxconn 3\n");
        var choice = route(configuration, "choice").rules();
        assertThat(choice.get(0).actions()).containsExactly(new HttpAction.Go("@img"));
        assertThat(choice.get(0).condition()).isPresent();
        assertThat(choice.get(1).actions()).containsExactly(new HttpAction.Go("@web"));
        var proxy = (HttpProxy) route(configuration, "@web").content();
        assertThat(proxy.readTimeout()).isEqualTo(Duration.ofSeconds(40));
        assertThat(proxy.retry().reasons()).containsExactlyInAnyOrder(Reason.CONNECT_FAILURE, Reason.STATUS_503);
        assertThat(proxy.buffersRequest()).isTrue();
        assertThat(configuration.pool("img").orElseThrow().reuse()).isEqualTo(ConnectionReuse.NONE);
        assertThat(configuration.pool("img").orElseThrow().queue().timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void conditionsBecomeVariablesThatHoldTheirAcls() {
        var configuration = read("listen l\n bind :80\n" + TIMES
                + " acl api path_beg /api\n acl api path_beg '/the rest'\n http-request deny if api !{ src 10.0.0.0/8 }\n"
                + " server a 10.0.0.1:80\n");
        assertThat(configuration.variables())
                .contains(new VariableDefinition.Computed(
                        "hap_l_if_1",
                        "haproxy.condition",
                        "acl api path_beg /api\nacl api path_beg '/the rest'\nif api !{ src 10.0.0.0/8 }"));
        assertThat(host(configuration).root().rules().getFirst().actions())
                .isEqualTo(List.of(new HttpAction.Fail(403, Duration.ZERO)));
    }

    @Test
    void aCookieBringsClientsBack() {
        var pool = read("listen l\n bind :80\n" + TIMES
                        + " cookie SRV insert indirect nocache httponly secure domain .a.example maxidle 30m attr X=y\n option persist\n"
                        + " server a 10.0.0.1:80 cookie s1\n")
                .pools()
                .getFirst();
        assertThat(pool.requestAffinity())
                .contains(new RequestAffinity(
                        List.of(CookieAffinity.builder("SRV")
                                .indirect(true)
                                .noCache(true)
                                .httpOnly(true)
                                .secure(true)
                                .domain(".a.example")
                                .maxIdle(Duration.ofMinutes(30))
                                .attribute("X=y")
                                .build()),
                        true));
        assertThat(pool.servers().getFirst().stickyName()).contains("s1");
    }

    @Test
    void stickRulesBecomeRulesOfTables() {
        var configuration = read("listen l\n bind :80\n" + TIMES
                + " stick-table type string len 20 size 1k expire 5m nopurge\n stick on req.hdr(x-user),lower if { path /x }\n"
                + " stick store-response res.cook(id) table l\n server a 10.0.0.1:80\n");
        assertThat(configuration.stickTables())
                .containsExactly(new StickTable("l", 20, 1_024, Duration.ofMinutes(5), false));
        var rules =
                configuration.pools().getFirst().requestAffinity().orElseThrow().rules();
        assertThat(rules)
                .extracting(rule -> ((TableAffinity) rule).use())
                .containsExactly(TableAffinity.Use.MATCH_AND_STORE, TableAffinity.Use.STORE_RESPONSE);
        assertThat(((TableAffinity) rules.getFirst()).when()).isPresent();
        assertThat(((TableAffinity) rules.getLast()).when()).isEmpty();
    }

    @Test
    void stickOnSrcAloneIsThePoolsOwnAffinity() {
        var pool = read("listen l\n bind :80\n" + TIMES
                        + " stick-table type ip size 1k\n stick on src\n server a 10.0.0.1:80\n")
                .pools()
                .getFirst();
        assertThat(pool.affinity()).isPresent();
        assertThat(pool.requestAffinity()).isEmpty();
    }

    @Test
    void useServerComesBeforeTheCookie() {
        var affinity = read("listen l\n bind :80\n" + TIMES
                        + " cookie SRV insert\n use-server a if { path /a }\n use-server %[req.hdr(x)]\n"
                        + " ignore-persist if { path /i }\n force-persist if { path /f }\n force-persist if { path /g }\n"
                        + " server a 10.0.0.1:80 cookie s\n")
                .pools()
                .getFirst()
                .requestAffinity()
                .orElseThrow();
        assertThat(affinity.rules()).hasSize(3);
        assertThat(affinity.rules().getFirst()).isInstanceOfSatisfying(ServerAffinity.class, rule -> {
            assertThat(rule.server()).isEqualTo(Template.literal("a"));
            assertThat(rule.when()).isPresent();
        });
        assertThat(affinity.rules().getLast()).isInstanceOf(CookieAffinity.class);
        assertThat(affinity.ignoredWhen()).containsInstanceOf(Condition.IsTrue.class);
        assertThat(affinity.persistsWhen()).containsInstanceOf(Condition.AnyOf.class);
    }

    @Test
    void backendsWithoutServersAnswer503() {
        var route = route(read("frontend f\n bind :80\n" + TIMES + " default_backend b\nbackend b\n" + TIMES), "@b");
        assertThat(route.rules().getLast().actions()).containsExactly(new HttpAction.Fail(503, Duration.ZERO));
    }

    @Test
    void oldRulesAreCarriedOutWhereTheyHaveATodaysForm() {
        var configuration = read("listen l\n bind :80\n" + TIMES
                + " block if { path /x }\n reqadd X-A:\\ b\n rspadd X-C:\\ d\n server a 10.0.0.1:80\n");
        assertThat(host(configuration).root().rules()).hasSize(2);
        assertThat(route(configuration, "@l").responseRules()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "cookie SRV preserve|'preserve' needs 'insert' or 'indirect'",
                "stats refresh never|'stats refresh'",
                "stats colour red|'stats colour'",
                "reqrep ^a b|'reqrep' cannot be honoured",
                "http-request track-sc0 src|asks a stick-table of 'l'",
                "http-request track-sc7 src table l|no such counter",
                "http-request deny if { src_conn_rate(other) gt 5 }|asks a stick-table of 'other'",
                "stick-table type ip size 10 store http_req_rate|has no period",
                "stick-table type ip size 10 store conn_cnt(3s)|is no rate",
                "stick-table type ip size 10 store conn_cnt()|is no rate",
                "stick-table type ip size 10 store glitch_cnt|cannot be stored",
                "stick-table type ip size 10 store gpc|has to say how many",
                "stick-table type ip size 10 store gpc_rate(10s)|has to say how many",
                "stick-table type ip size 10 store gpc_rate(2)|has to say how many",
                "stick-table type ip size 10 store gpc(101)|size of gpc is 101, expected 1 to 100",
                "stick-table type ip size 10 store gpc(0)|size of gpc is 0, expected 1 to 100",
                "stick-table type ip size 10 store gpc1,gpc(2)|'gpc1' cannot be stored beside 'gpc'",
                "stick-table type ip size 10 store gpt(2),gpt0|'gpt0' cannot be stored beside 'gpt'",
                "stick-table type ip size 10 store gpc_rate(2,1s),gpc0_rate(1s)|cannot be stored beside 'gpc_rate'",
                "http-request deny if { sc_get_gpc(1,3) gt 5 }|is no stick counter",
                "http-request deny if { sc_get_gpc(x,0) gt 5 }|is no index of an array",
                "http-request deny if { sc_get_gpc(0) gt 5 }|has 1 arguments, expected 2 to 3",
                "http-request deny if { sc0_get_gpc(0) gt 5 }|unknown fetch method 'sc0_get_gpc'",
                "http-request deny if { src_get_gpc(1,other) gt 5 }|asks a stick-table of 'other'",
                "http-request deny if { src,table_gpc(1,other) gt 5 }|asks a stick-table of 'other'",
                "http-request deny if { src,table_gpt(x,other) gt 5 }|is no index of an array",
                "http-request sc-inc-gpc(1)|expected sc-inc-gpc(INDEX,COUNTER)",
                "http-request sc-inc-gpc(1,3)|no such counter",
                "http-request sc-set-gpt(100,0) 1|no array has the index 100",
                "http-request deny if { sc_http_req_rate(3) gt 5 }|is no stick counter",
                "tcp-request connection reject if { path /x }|cannot ask 'path'",
                "http-request use-service prometheus-exporter|'use-service' cannot be honoured",
                "use_backend nowhere|unknown backend 'nowhere'",
                "errorfile 503 /no/such/file|cannot be read",
                "use-server nobody if TRUE|unknown server 'nobody'",
                "stick on src table nowhere|has no table 'nowhere'",
                "stick on req.hdr(a|'stick on'",
            })
    void whatCannotBeIsToldByName(String line, String told) {
        var problems = new HaproxyConfigurationReader()
                .read(
                        ConfigurationSource.of(
                                "f", "listen l\n bind :80\n" + TIMES + " " + line + "\n server a 10.0.0.1:80\n"),
                        Map.of())
                .problems();
        assertThat(problems)
                .anyMatch(problem -> problem.isError() && problem.text().contains(told));
    }
}

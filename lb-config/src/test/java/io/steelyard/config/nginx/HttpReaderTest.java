package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.Condition;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.LocationRewrite;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsStapling;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpReaderTest {
    private static final String TO_A = "location / { proxy_pass http://10.0.0.1:81; }";

    @Test
    void oneVirtualServerForEachAddressWithItsServersAsHosts() {
        var configuration = http("server { listen 80; listen 10.0.0.1:81; server_name a; " + TO_A + "}"
                + "server { listen 80 default_server; server_name b *.c; " + TO_A + "}");
        assertThat(configuration.virtualServers())
                .extracting(VirtualServer::name)
                .containsExactly("0.0.0.0:80/http", "10.0.0.1:81/http");
        var hosts = hosts(configuration, 0);
        assertThat(hosts).extracting(VirtualHost::name).containsExactly("a", "b");
        assertThat(hosts).extracting(VirtualHost::isDefault).containsExactly(false, true);
        assertThat(hosts.get(1).names()).extracting(name -> name.written()).containsExactly("b", "*.c");
        assertThat(hosts(configuration, 1)).extracting(VirtualHost::name).containsExactly("a");
    }

    @Test
    void addressesWithTheSameHostsShareAVirtualServer() {
        var configuration = http("server { listen 80 default_server; listen [::]:80 default_server; " + TO_A + "}");
        assertThat(configuration.virtualServers())
                .singleElement()
                .satisfies(server -> assertThat(server.listen())
                        .extracting(ListenAddress::text)
                        .hasSize(2));
    }

    @Test
    void theProxyProtocolHoldsForAWholeAddress() {
        var servers =
                http("server { listen 80; server_name a; } server { listen 80 proxy_protocol; listen 81; server_name b; }")
                        .virtualServers();
        assertThat(servers)
                .extracting(server -> server.listen().getFirst().proxyProtocol())
                .containsExactly(true, false);
    }

    @Test
    void statusOfCertificatesIsFetchedOrFromAFile() {
        var pair = "listen 443 ssl; ssl_certificate /c.pem; ssl_certificate_key /c.key; ";
        assertThat(certificate(pair + "ssl_stapling on;").stapling())
                .contains(new TlsStapling(Optional.empty(), Optional.empty(), false));
        assertThat(certificate(pair + "ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate /ca.pem; "
                                + "ssl_stapling_responder http://ocsp.example/;")
                        .stapling())
                .contains(new TlsStapling(Optional.of("http://ocsp.example/"), Optional.of("/ca.pem"), true));
        assertThat(certificate(pair + "ssl_stapling on; ssl_stapling_responder https://ocsp.example/;")
                        .stapling())
                .as("told, and nothing else, as with nginx")
                .isEmpty();
        var ofFile = certificate(pair + "ssl_stapling on; ssl_stapling_file /c.ocsp;");
        assertThat(ofFile.stapling()).isEmpty();
        assertThat(ofFile.statusFile()).contains("/c.ocsp");
        assertThat(certificate(pair).stapling()).isEmpty();
    }

    private static TlsCertificate certificate(String server) {
        return hosts(http("server { " + server + " }"), 0)
                .getFirst()
                .tls()
                .orElseThrow()
                .certificates()
                .getFirst();
    }

    @Test
    void aServerWithoutListenIsAtPort80OfAllAddresses() {
        assertThat(http("server { " + TO_A + " }").virtualServers().getFirst().listen())
                .containsExactly(ListenAddress.parse("*:80"));
    }

    @Test
    void aConflictingServerNameIsTheEarlierServersWithAWarning() {
        var result = read("server { listen 80; server_name a b; } server { listen 80; server_name b c; }");
        assertThat(result.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("conflicting server name 'b'"));
        var hosts = hosts(result.configuration().orElseThrow(), 0);
        assertThat(hosts.get(1).names()).extracting(name -> name.written()).containsExactly("c");
    }

    @Test
    void valuesComeFromTheNearestBlock() {
        var routes = routes("proxy_read_timeout 1s; client_max_body_size 5m; server { proxy_read_timeout 2s;"
                + "location /a { proxy_pass http://a.example; } location /b { proxy_pass http://a.example; proxy_read_timeout 3s;"
                + " client_max_body_size 0; } }");
        assertThat(proxy(routes.get(0)).readTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(routes.get(0).mostBodyBytes()).isEqualTo(5 << 20);
        assertThat(proxy(routes.get(1)).readTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(routes.get(1).mostBodyBytes()).isZero();
    }

    @Test
    void listsAreReplacedAsAWhole() {
        var routes = routes("proxy_set_header Host $host; proxy_set_header X-A a; add_header X-R r; deny 10.0.0.1;"
                + "error_page 404 /404; server { location /a { proxy_pass http://a.example; }"
                + "location /b { proxy_pass http://a.example; proxy_set_header X-B \"\"; add_header X-S s always; allow all;"
                + " error_page 500 /500; } }");
        assertThat(proxy(routes.get(0)).requestFields())
                .containsExactly(FieldChange.set("Host", "$host"), FieldChange.set("X-A", "a"));
        assertThat(routes.get(0).responseFields())
                .containsExactly(new FieldChange(FieldChange.Kind.ADD, "X-R", Template.literal("r"), false));
        assertThat(routes.get(0).access()).hasSize(1);
        assertThat(proxy(routes.get(1)).requestFields()).containsExactly(FieldChange.set("X-B", ""));
        assertThat(routes.get(1).responseFields())
                .containsExactly(new FieldChange(FieldChange.Kind.ADD, "X-S", Template.literal("s"), true));
        assertThat(routes.get(1).access()).hasSize(2).allMatch(rule -> rule.isAllowed());
        assertThat(routes.get(1).errorPages())
                .singleElement()
                .satisfies(page -> assertThat(page.statuses()).containsExactly(500));
    }

    @Test
    void errorsThatNginxAloneHasAreShownAs400UnlessSaidOtherwise() {
        var pages = root("server { error_page 404 495 496 /x; error_page 497 =302 /y; error_page 495 = /z; }")
                .errorPages();
        assertThat(pages)
                .extracting(page -> page.statuses() + " " + page.status() + " " + page.takesStatusOfPage())
                .containsExactlyInAnyOrder(
                        pages.getFirst().statuses() + " OptionalInt[400] false",
                        "[404] OptionalInt.empty false",
                        "[497] OptionalInt[302] false",
                        "[495] OptionalInt.empty true");
        assertThat(pages.getFirst().statuses()).containsExactlyInAnyOrder(495, 496);
    }

    @Test
    void rulesAreNotInherited() {
        var root = root("server { set $a b; return 301 /x; location / { rewrite ^/a$ /b last; break; } }");
        assertThat(root.rules())
                .extracting(rule -> rule.actions().getFirst())
                .containsExactly(
                        new HttpAction.Assign(new Assignment("a", Template.literal("b"))),
                        new HttpAction.Reply(301, Optional.of(Template.literal("/x")), Optional.empty()));
        assertThat(root.routes().getFirst().rules())
                .extracting(rule -> rule.actions().getFirst())
                .containsExactly(
                        new HttpAction.Rewrite("^/a$", false, Template.literal("/b"), HttpAction.Then.SEARCH),
                        new HttpAction.Stay());
    }

    @Test
    void tryFilesTakesItsLastArgument() {
        var routes = routes("server { location /a { try_files $uri $uri/ @app; } location /b { try_files $uri =404; }"
                + " location @app { proxy_pass http://10.0.0.1:81; } }");
        assertThat(routes.get(0).rules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.actions()).containsExactly(new HttpAction.Go("@app")));
        assertThat(routes.get(1).rules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.actions())
                        .containsExactly(new HttpAction.Reply(404, Optional.empty(), Optional.empty())));
        assertThat(read("server { location / { try_files $uri /index.html; } }").configuration())
                .isEmpty();
    }

    @Test
    void filesAreServedWhereNothingElseAnswers() {
        var configuration = http("root /srv; index a.html b.html; types { text/x html HTM; }"
                + "server { try_files $uri /front.html?x=1; location /b { root /other; }"
                + " location /c/ { alias /c/; index i; types { a/b c; } try_files $uri $uri/ =404; }"
                + " location /p { proxy_pass http://10.0.0.1:81; } }");
        var root = hosts(configuration, 0).getFirst().root();
        var types = Map.of("html", "text/x", "htm", "text/x");
        var index = List.of(Template.literal("a.html"), Template.literal("b.html"));
        assertThat(root.content())
                .isEqualTo(new Content.Files(
                        Template.literal("/srv"),
                        false,
                        index,
                        List.of(Template.parse("$uri")),
                        Optional.of(Template.literal("/front.html?x=1")),
                        types));
        assertThat(root.routes().get(0).content())
                .isEqualTo(new Content.Files(
                        Template.literal("/other"), false, index, List.of(), Optional.empty(), types));
        assertThat(root.routes().get(1).content())
                .isEqualTo(new Content.Files(
                        Template.literal("/c/"),
                        true,
                        List.of(Template.literal("i")),
                        List.of(Template.parse("$uri"), Template.parse("$uri/")),
                        Optional.of(Template.literal("=404")),
                        Map.of("c", "a/b")));
        assertThat(root.routes().get(2).content()).isInstanceOf(HttpProxy.class);
    }

    @Test
    void filesHaveTagsAndTimesAsTheConfigurationSays() {
        var routes = routes(
                "root /srv; server { etag off; if_modified_since before;"
                        + " location /a { } location /b { etag on; if_modified_since off; } location /c { if_modified_since exact; } }");
        assertThat(routes)
                .extracting(route -> (Content.Files) route.content())
                .extracting(Content.Files::isTagged, Content.Files::modifiedSince)
                .containsExactly(
                        tuple(false, Content.Files.ModifiedSince.BEFORE),
                        tuple(true, Content.Files.ModifiedSince.IGNORED),
                        tuple(false, Content.Files.ModifiedSince.EXACT));
        assertThat(read("server { if_modified_since maybe; return 200; }").configuration())
                .isEmpty();
    }

    @Test
    void filesThatAreTriedBesideAServerAreAskedOfIt() {
        var configuration =
                http("root /srv; server { location /a { try_files $uri =404; proxy_pass http://10.0.0.1:81; } }");
        assertThat(hosts(configuration, 0).getFirst().root().routes().getFirst().content())
                .isInstanceOfSatisfying(Content.Files.class, files -> {
                    assertThat(files.tries()).containsExactly(Template.parse("$uri"));
                    assertThat(files.server().orElseThrow().server()).isEqualTo(Template.literal("10.0.0.1:81"));
                });
    }

    @Test
    void aReplacementWithASchemeIsARedirection() {
        var rules =
                root("server { rewrite ^/a http://b/ last; rewrite ^/c https://d/ permanent; rewrite ^/e $scheme://f/; }")
                        .rules();
        assertThat(rules)
                .extracting(rule -> ((HttpAction.Rewrite) rule.actions().getFirst()).then())
                .containsExactly(HttpAction.Then.REDIRECT, HttpAction.Then.REDIRECT_FOR_EVER, HttpAction.Then.REDIRECT);
    }

    @Test
    void conditionsOfIf() {
        var rules = root("server { if ($http_a) { return 403; } if ($request_method != \"PO ST\") { set $b 1; break; }"
                        + " if ( $uri !~* ^/(c|d) ) { return 404; } }")
                .rules();
        assertThat(rules)
                .extracting(rule -> rule.condition().orElseThrow())
                .containsExactly(
                        new Condition.IsTrue(Template.parse("$http_a")),
                        new Condition.Not(new Condition.Compares(
                                Template.parse("$request_method"),
                                Condition.Relation.EQUALS,
                                List.of(Template.literal("PO ST")),
                                false)),
                        new Condition.Not(new Condition.Matches(Template.parse("$uri"), "^/(c|d)", true)));
        assertThat(rules.get(1).actions()).hasSize(2);
    }

    @Test
    void locationsNestAndKeepTheirModifiers() {
        var root = root("server { location /a/ { location ~* \\.x$ { return 200; } } location = /b { return 200; }"
                + " location ^~ /c { return 200; } location @d { return 200; } }");
        assertThat(root.routes())
                .extracting(HttpRoute::match)
                .containsExactly(
                        new PathMatch.Prefix("/a/", false),
                        new PathMatch.Exact("/b"),
                        new PathMatch.Prefix("/c", true),
                        new PathMatch.Named());
        assertThat(root.routes()).extracting(HttpRoute::name).containsExactly("/a/", "= /b", "^~ /c", "@d");
        assertThat(root.routes().getFirst().routes().getFirst().match())
                .isEqualTo(new PathMatch.Expression("\\.x$", true));
    }

    @Test
    void proxyPassNamesAnUpstreamBeforeAHost() {
        var configuration = http("upstream opslinux.com { server 10.0.0.1; server [::1]; server b.example:81; }"
                + "server { location / { proxy_pass http://opslinux.com; } location /c { proxy_pass http://c.example; }"
                + "location /d { proxy_pass http://d.example:80; } }");
        assertThat(configuration.pools())
                .extracting(pool -> pool.name())
                .containsExactly("opslinux.com", "c.example", "d.example");
        assertThat(configuration.pools().getFirst().servers())
                .extracting(RealServer::name, server -> server.address().text())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("10.0.0.1", "10.0.0.1:80"),
                        org.assertj.core.groups.Tuple.tuple("[::1]", "[0:0:0:0:0:0:0:1]:80"),
                        org.assertj.core.groups.Tuple.tuple("b.example:81", "b.example:81"));
        assertThat(configuration.pools().get(1).servers().getFirst().address().text())
                .isEqualTo("c.example:80");
    }

    @Test
    void oneOfSeveralFilesMayNameThePoolOfAnother() {
        var source = ConfigurationSource.of(
                "f",
                "http { server { location / { proxy_pass http://elsewhere; } location /b { proxy_pass http://b.example; }"
                        + " location /c { proxy_pass http://localhost; } } }");
        var reader = new NginxConfigurationReader();
        assertThat(reader.readPart(source).configuration().orElseThrow().pools())
                .extracting(pool -> pool.name())
                .containsExactly("b.example", "localhost");
        assertThat(reader.read(source).configuration().orElseThrow().pools()).hasSize(3);
    }

    @Test
    void whatAServerIsAskedFor() {
        var routes = routes("server { location /a { proxy_pass http://x; } location /b/ { proxy_pass http://x/; }"
                + "location /c { proxy_pass http://unix:/run/s.sock:/d; } location /e { proxy_pass http://$host/f$uri; }"
                + "location /g { proxy_pass http://x?h=i; } }");
        assertThat(routes)
                .extracting(route -> proxy(route).path())
                .containsExactly(
                        new ForwardedPath.Same(),
                        new ForwardedPath.PrefixReplaced("/"),
                        new ForwardedPath.PrefixReplaced("/d"),
                        new ForwardedPath.InServer(),
                        new ForwardedPath.PrefixReplaced("/?h=i"));
        assertThat(routes)
                .extracting(route -> proxy(route).server().toString())
                .containsExactly("x", "x", "unix:/run/s.sock", "http://${host}/f${uri}", "x");
    }

    @Test
    void redirectionsOfServersAreChangedByDefault() {
        var routes = routes(
                "server { location /a { proxy_pass http://x; } location /b/ { proxy_pass http://x/c/; }"
                        + "location /d { proxy_pass http://$host; } location /e { proxy_pass http://x; proxy_redirect off; }"
                        + "location /f { proxy_pass http://x; proxy_redirect default; proxy_redirect ~*^http://(y|z)/ /$1/; } }");
        assertThat(proxy(routes.get(0)).locations()).containsExactly(plain("http://x/", "/"));
        assertThat(proxy(routes.get(1)).locations()).containsExactly(plain("http://x/c/", "/b/"));
        assertThat(proxy(routes.get(2)).locations()).isEmpty();
        assertThat(proxy(routes.get(3)).locations()).isEmpty();
        assertThat(proxy(routes.get(4)).locations())
                .containsExactly(
                        plain("http://x/", "/"),
                        new LocationRewrite(true, true, Template.literal("^http://(y|z)/"), Template.parse("/$1/")));
    }

    @Test
    void proxyDefaultsAreThoseOfNginx() {
        var proxy = proxy(routes("server { " + TO_A + " }").getFirst());
        assertThat(proxy.version()).isEqualTo(HttpProxy.Version.HTTP_1_1);
        assertThat(proxy.hiddenFields())
                .contains("date", "server", "x-pad", "x-accel-redirect")
                .hasSize(8);
        assertThat(proxy.requestFields()).isEmpty();
        assertThat(proxy.retry()).isEqualTo(RetryRule.DEFAULT);
        assertThat(proxy.transport().connectTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(proxy.readTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(proxy.buffersRequest()).isTrue();
        assertThat(proxy.buffersResponse()).isTrue();
        assertThat(proxy.mostFileBytes()).isEqualTo(1L << 30);
        assertThat(proxy.serverChoosesBuffering()).isTrue();
    }

    @Test
    void buffersOfAnswersReachTheModel() {
        var proxy = proxy(routes("server { proxy_buffering off; proxy_max_temp_file_size 8m; proxy_buffers 4 16k;"
                        + " proxy_ignore_headers Vary x-accel-buffering; location / { proxy_pass http://x; } }")
                .getFirst());
        assertThat(proxy.buffersResponse()).isFalse();
        assertThat(proxy.mostFileBytes()).isEqualTo(8L << 20);
        assertThat(proxy.mostBufferBytes()).isEqualTo(64 << 10);
        assertThat(proxy.serverChoosesBuffering()).isFalse();
        var none = proxy(routes("server { proxy_max_temp_file_size 0; proxy_ignore_headers Expires; " + TO_A + " }")
                .getFirst());
        assertThat(none.mostFileBytes()).isZero();
        assertThat(none.serverChoosesBuffering()).isTrue();
    }

    @Test
    void retriesHiddenFieldsAndCookiesReachTheModel() {
        var proxy = proxy(routes(
                        "server { location / { proxy_pass http://x; proxy_next_upstream error http_502 non_idempotent;"
                                + " proxy_next_upstream_tries 3; proxy_next_upstream_timeout 5s; proxy_hide_header X-A;"
                                + " proxy_pass_header Server; proxy_cookie_path /a/ /; proxy_cookie_flags ~ secure nosamesite; } }")
                .getFirst());
        assertThat(proxy.retry().reasons())
                .containsExactlyInAnyOrder(RetryRule.Reason.ERROR, RetryRule.Reason.STATUS_502);
        assertThat(proxy.retry().repeatsUnsafe()).isTrue();
        assertThat(proxy.retry().tries()).isEqualTo(3);
        assertThat(proxy.hiddenFields()).contains("x-a").doesNotContain("server");
        assertThat(proxy.cookies()).hasSize(2);
    }

    @Test
    void upstreamsKeepConnectionsAndQueueRequests() {
        var pools = http("upstream a { server 10.0.0.1; } upstream b { ip_hash; server 10.0.0.1; keepalive 4;"
                        + " keepalive_requests 9; keepalive_time 1m; keepalive_timeout 5s; queue 10 timeout=7s; }"
                        + "server { location / { proxy_pass http://a; } }")
                .pools();
        assertThat(pools.getFirst().reuse()).isEqualTo(ConnectionReuse.DEFAULT);
        assertThat(pools.get(1).reuse())
                .isEqualTo(new ConnectionReuse(4, 9, Duration.ofMinutes(1), Duration.ofSeconds(5)));
        assertThat(pools.get(1).scheduler().name()).isEqualTo("nginx.ip_hash");
        assertThat(pools.get(1).queue().capacity()).isEqualTo(10);
        assertThat(pools.get(1).queue().timeout()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void limitsReachTheModel() {
        var configuration = http(
                "limit_conn_zone $server_name zone=c:64k; limit_req_zone $binary_remote_addr zone=r:128k rate=2r/s;"
                        + "server { limit_conn c 5; limit_conn_status 429; limit_req zone=r burst=9 delay=4; limit_req_status 430; }");
        var root = hosts(configuration, 0).getFirst().root();
        assertThat(root.limits()).containsExactly(new ConnectionLimit("c", 5, false, ConnectionLimit.Level.ERROR));
        assertThat(root.limitStatus()).isEqualTo(429);
        assertThat(root.rateLimits())
                .containsExactly(new RateLimit("r", 9, 4, false, ConnectionLimit.Level.ERROR, 430));
        assertThat(configuration.rateZones())
                .containsExactly(new RateLimit.Zone("r", Template.parse("$binary_remote_addr"), 1_024, 120));
    }

    @Test
    void logsOfHttpAreCombinedByDefault() {
        var routes = routes(
                "log_format f '$uri'; access_log a.log f; server { location /a { } location /b { access_log off; }"
                        + " location /c { access_log c.log; } }");
        assertThat(routes.get(0).accessLogs())
                .singleElement()
                .satisfies(log -> assertThat(log.format()).isEqualTo(Template.parse("$uri")));
        assertThat(routes.get(1).accessLogs()).isEmpty();
        assertThat(routes.get(2).accessLogs())
                .singleElement()
                .satisfies(log -> assertThat(log.format().toString())
                        .startsWith("${remote_addr} - ${remote_user} [${time_local}]")
                        .endsWith("\"${http_user_agent}\""));
    }

    @Test
    void trustedProxiesTellTheClient() {
        var routes = routes("set_real_ip_from 10.0.0.0/8; set_real_ip_from unix:; server { location /a { }"
                + " location /b { set_real_ip_from 192.168.0.160; real_ip_header X-Forwarded-For; real_ip_recursive on; }"
                + " location /c { real_ip_header proxy_protocol; } }");
        assertThat(routes)
                .extracting(route -> route.clientAddress().orElseThrow())
                .containsExactly(
                        new ClientAddressRule(
                                List.of(Network.parse("10.0.0.0/8"), Network.parse("::/128")), "x-real-ip", false),
                        new ClientAddressRule(List.of(Network.parse("192.168.0.160")), "x-forwarded-for", true),
                        new ClientAddressRule(
                                List.of(Network.parse("10.0.0.0/8"), Network.parse("::/128")), "", false));
        assertThat(root("server { real_ip_header X-A; }").clientAddress()).isEmpty();
    }

    @Test
    void contentsOfOurOwn() {
        var routes = routes(
                "server { location = /status { stub_status; } location = /health { lb_health; } location /x { } }");
        assertThat(routes)
                .extracting(HttpRoute::content)
                .containsExactly(new Content.Counts(), new Content.Health(), new Content.NotFound());
    }

    @Test
    void healthChecksReachThePool() {
        var check = http("match ok { status 200 301-302; body ~ \"fine\"; } upstream a { server 10.0.0.1; }"
                        + "server { location / { proxy_pass http://a; health_check uri=/h interval=3s fails=2 passes=4 match=ok; } }")
                .pools()
                .getFirst()
                .healthChecks()
                .getFirst();
        assertThat(check.type()).isEqualTo("http");
        assertThat(check.options())
                .isEqualTo(Map.of("path", "/h", "host", "a", "status", "200,301-302", "body-regex", "fine"));
        assertThat(check.fall()).isEqualTo(2);
        assertThat(check.rise()).isEqualTo(4);
    }

    @Test
    void clientsAreTreatedAsTheServerSays() {
        var client = hosts(
                        http(
                                "keepalive_timeout 65; server { client_header_timeout 5s; large_client_header_buffers 2 4k;"
                                        + " underscores_in_headers on; keepalive_requests 7; }"),
                        0)
                .getFirst()
                .client();
        assertThat(client.idleTimeout()).isEqualTo(Duration.ofSeconds(65));
        assertThat(client.headerTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(client.mostLineBytes()).isEqualTo(4_096);
        assertThat(client.mostHeaderBytes()).isEqualTo(8_192);
        assertThat(client.keepsUnderscores()).isTrue();
        assertThat(client.mostRequests()).isEqualTo(7);
    }

    @Test
    void streamAndHttpStandSideBySide() {
        var text = "events {} stream { upstream a { server 10.0.0.1:80; } server { listen 81; proxy_pass a; } }"
                + "http { upstream b { server 10.0.0.2; } server { location / { proxy_pass http://b; } } }";
        var configuration = new NginxConfigurationReader()
                .read(ConfigurationSource.of("f", text))
                .configuration()
                .orElseThrow();
        assertThat(configuration.virtualServers()).hasSize(2);
        assertThat(configuration.pools()).hasSize(2);
        var conflict = new NginxConfigurationReader()
                .read(ConfigurationSource.of(
                        "f", text.replace("upstream b", "upstream a").replace("http://b", "http://a")));
        assertThat(conflict.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("names are shared"));
    }

    @Test
    void aFragmentIsReadAsTheInsideOfItsBlock() {
        var fragment = ConfigurationSource.of(
                "f", "upstream a { server 10.0.0.1; }\nserver { listen 80; location / { proxy_pass http://a; } }");
        var alone = new NginxConfigurationReader().read(fragment);
        assertThat(alone.problems()).allMatch(Problem::isError);
        assertThat(alone.problems().getFirst().toString()).contains("--as http").contains("f:1:1");
        var inside = new NginxConfigurationReader().read(fragment.inside("http"));
        assertThat(inside.problems()).isEmpty();
        assertThat(inside.configuration().orElseThrow().virtualServers()).hasSize(1);
        var whole = ConfigurationSource.of("f", "events {} http { " + "server { } }")
                .inside("http");
        assertThat(new NginxConfigurationReader().read(whole).configuration()).isPresent();
        assertThat(new NginxConfigurationReader().read(fragment.inside("mail")).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("'mail'"));
    }

    @Test
    void oneFaultInAnInheritedValueIsToldOnce() {
        assertThat(read("proxy_set_header A $nothing; server { location /a { } location /b { } } server { listen 81; }")
                        .problems())
                .hasSize(1);
    }

    @Test
    void oddSpacesAndWindowsLineEndsAreWhiteSpace() {
        var result = new NginxConfigurationReader()
                .read(ConfigurationSource.of(
                        "f", "\uFEFFevents {}\r\nhttp {\r\n\u00A0server {\u00A0location / { return 200; } }\r\n}\r\n"));
        assertThat(result.configuration()).isPresent();
        assertThat(result.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.severity()).isEqualTo(Problem.Severity.NOTICE));
    }

    private static LocationRewrite plain(String from, String to) {
        return new LocationRewrite(false, false, Template.literal(from), Template.literal(to));
    }

    private static HttpProxy proxy(HttpRoute route) {
        return (HttpProxy) route.content();
    }

    private static List<HttpRoute> routes(String text) {
        return root(text).routes();
    }

    private static HttpRoute root(String text) {
        return hosts(http(text), 0).getFirst().root();
    }

    private static List<VirtualHost> hosts(Configuration configuration, int server) {
        return ((Target.Http) configuration.virtualServers().get(server).target())
                .service()
                .hosts();
    }

    @Test
    void aMatchLooksAtStatusFieldsAndBody() {
        var configuration = http("upstream a { server 10.0.0.1; }"
                + "match ok { status ! 500-599; header Content-Type = text/html; header ! X-Gone; header Server;"
                + " header Connection !~* close; require $upstream_http_x_ready; body !~ maintenance; }"
                + "server { location / { proxy_pass http://a; health_check match=ok uri=/up; } }");
        assertThat(configuration.pools().getFirst().healthChecks().getFirst().options())
                .containsEntry("status", "!500-599")
                .containsEntry("path", "/up")
                .containsEntry(
                        "answer-header",
                        "Content-Type = text/html\n! X-Gone\nServer\nConnection !~ (?i)close\nx-ready ~ ^(?!0$).")
                .containsEntry("body-not-regex", "maintenance");
        for (var wrong : List.of(
                "header a b;",
                "header a == b;",
                "header a ~ (;",
                "require $remote_addr;",
                "require ok;",
                "body = a;")) {
            assertThat(read("match ok {" + wrong + "}").problems()).as(wrong).anyMatch(Problem::isError);
        }
    }

    @Test
    void checksOfGrpcAreRefusedByName() {
        assertThat(read("upstream a { server 10.0.0.1; } server { location / { proxy_pass http://a;"
                                + " health_check type=grpc grpc_status=12; } }")
                        .problems())
                .filteredOn(Problem::isError)
                .extracting(Problem::what)
                .allMatch(what -> what.contains("gRPC is not proxied yet"))
                .hasSize(2);
    }

    @Test
    void namesWithResolveAreAskedOfTheNearestResolver() {
        var configuration = http("resolver 127.0.0.1 [::1]:5353 valid=30s ipv6=off; resolver_timeout 3s;"
                + "upstream a { zone z 64k; server plain.example; server one.example:81 resolve;"
                + " server two.example resolve service=http backup; }"
                + "upstream b { zone z 64k; resolver 127.0.0.2:54; server three.example resolve; }"
                + "server { location / { proxy_pass http://a; }"
                + " location /b { resolver 127.0.0.3; proxy_pass http://$arg_host; } }");
        var outer = new NameLookup(
                List.of(nameServer("127.0.0.1", 53), nameServer("::1", 5353)),
                Optional.of(Duration.ofSeconds(30)),
                Duration.ofSeconds(3),
                true,
                false,
                Optional.empty());
        var servers = configuration.pools().getFirst().servers();
        assertThat(servers)
                .extracting(RealServer::nameLookup)
                .containsExactly(Optional.empty(), Optional.of(outer), Optional.of(outer.forService("http")));
        assertThat(servers.get(2).tier()).isEqualTo(1);
        assertThat(configuration.pools().get(1).servers().getFirst().nameLookup())
                .contains(new NameLookup(
                        List.of(nameServer("127.0.0.2", 54)),
                        Optional.empty(),
                        Duration.ofSeconds(3),
                        true,
                        true,
                        Optional.empty()));
        var routes = hosts(configuration, 0).getFirst().root().routes();
        assertThat(routes)
                .extracting(route -> ((HttpProxy) route.content())
                        .transport()
                        .nameLookup()
                        .orElseThrow()
                        .nameServers()
                        .getFirst())
                .containsExactly(nameServer("127.0.0.1", 53), nameServer("127.0.0.3", 53));
    }

    @Test
    void aServiceNeedsANameThatIsResolvedAndWhomToAsk() {
        for (var wrong : List.of(
                "upstream a { server a.example resolve service=http; }",
                "resolver 127.0.0.1; upstream a { server a.example service=http; }",
                "resolver 127.0.0.1; upstream a { server a.example:80 resolve service=http; }",
                "resolver 127.0.0.1; upstream a { server 127.0.0.1 resolve service=http; }",
                "resolver 127.0.0.1; upstream a { server a.example resolve service=; }")) {
            assertThat(read(wrong).problems()).as(wrong).anyMatch(Problem::isError);
        }
    }

    private static InetSocketAddress nameServer(String address, int port) {
        return new InetSocketAddress(ServerAddress.numericAddress(address), port);
    }

    private static Configuration http(String text) {
        var result = read(text);
        assertThat(result.configuration()).as("%s", result.problems()).isPresent();
        return result.configuration().orElseThrow();
    }

    private static io.steelyard.api.config.ReadResult read(String text) {
        return new NginxConfigurationReader().read(ConfigurationSource.of("f", "events {} http {" + text + "}"));
    }
}

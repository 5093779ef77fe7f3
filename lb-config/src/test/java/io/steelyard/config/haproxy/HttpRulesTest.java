package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.haproxy.HttpRule.Action;
import io.steelyard.config.haproxy.expression.LogFormat;
import io.steelyard.config.haproxy.grammar.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpRulesTest {
    private static final String FRONTEND =
            "frontend f\n mode http\n bind 127.0.0.1:9999\n timeout client 1s\n default_backend b\n acl adm path_beg /admin\n ";
    private static final String BACKEND =
            "\nbackend b\n mode http\n timeout connect 1s\n timeout server 1s\n server s 127.0.0.1:1\n";

    /** A line of a frontend in mode http, what {@code haproxy -c} 2.6.12 says of it, and what we say. */
    private record Row(String line, String haproxys, String ours) {}

    private static List<Row> rows() throws IOException {
        try (var stream = HttpRulesTest.class.getResourceAsStream("http-agreement.tsv")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new Row(cells[0], cells[1], cells[2]))
                    .toList();
        }
    }

    @Test
    void rulesAndAclsAreJudgedAsRecorded() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(140).allSatisfy(row -> {
            var told = new HaproxyConfigurationReader()
                    .read(ConfigurationSource.of("f", FRONTEND + row.line() + BACKEND), Map.of()).problems().stream()
                            .filter(problem ->
                                    problem.isError() && !problem.text().contains("is not supported"))
                            .map(Problem::toString)
                            .toList();
            assertThat(told.isEmpty() ? "accepts" : "refuses")
                    .as("%s: %s", row, told)
                    .isEqualTo(row.ours());
        });
    }

    @Test
    void nearlyAllVerdictsAreHaproxys() throws IOException {
        assertThat(rows().stream().filter(row -> !row.haproxys().equals(row.ours())))
                .hasSizeLessThan(4);
    }

    @Test
    void rulesAreReadInOrderWithWhatTheySay() {
        var findings = new Findings();
        var sections = new ProxySections(findings, new StatementReader(findings));
        var document = Document.parse(ConfigurationSource.of("f", """
                        frontend f
                          mode http
                          http-request deny deny_status 429 if { src 10.0.0.0/8 }
                          http-request redirect scheme https code 301 unless { ssl_fc }
                          http-request set-header X-Client %[src]
                          http-request replace-path ^/a/(.*) /b/\\\\1
                          http-request set-var(txn.host) req.hdr(host),lower
                          http-request return status 200 content-type text/plain string "100%"
                          http-request silent-drop
                        """), Map.of());
        sections.addProxy(document.sections().getFirst(), Place.FRONTEND);
        var proxy = sections.proxies().getFirst();
        var rules = new Rules(findings);
        rules.readAcls(proxy);
        var read = new HttpRules(findings, rules).read(proxy, "http-request");
        assertThat(findings.problems()).noneMatch(Problem::isError);
        assertThat(read.stream().map(HttpRule::action))
                .containsExactly(
                        new Action.Deny(429),
                        new Action.Redirect("scheme", LogFormat.parse("https"), 301),
                        new Action.Header("set-header", "X-Client", "", LogFormat.parse("%[src]")),
                        new Action.Line("replace-path", "^/a/(.*)", LogFormat.parse("/b/\\1")),
                        new Action.Variable("txn.host", "req.hdr(host),lower"),
                        new Action.Return(200, "text/plain", LogFormat.parse("100%%")),
                        new Action.Other("silent-drop", List.of()));
        assertThat(read.get(0).condition().alternatives()).hasSize(1);
        assertThat(read.get(1).condition().isUnless()).isTrue();
    }
}

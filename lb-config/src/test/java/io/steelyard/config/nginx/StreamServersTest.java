package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition.Kind;
import io.steelyard.api.text.VariableDefinition.Rule;
import io.steelyard.api.text.VariableDefinition.TextMap;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsStapling;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamServersTest {
    private static final String TO_A = "proxy_pass 10.0.0.1:1; ";
    private static final String TO_B = "proxy_pass 10.0.0.2:1; ";

    private static ReadResult read(String stream) {
        return new NginxConfigurationReader().read(ConfigurationSource.of("f", "stream { " + stream + " }"));
    }

    private static Configuration good(String stream) {
        var result = read(stream);
        assertThat(result.problems()).noneMatch(Problem::isError);
        return result.configuration().orElseThrow();
    }

    private static List<String> errors(String stream) {
        return read(stream).problems().stream()
                .filter(Problem::isError)
                .map(Problem::text)
                .toList();
    }

    private static Rule rule(Kind kind, String key, String value) {
        return new Rule(kind, key, Template.literal(value));
    }

    @Test
    void serversOfOneAddressAreChosenByTheNameInTheGreeting() {
        var configuration = good("ssl_preread on; server { listen 443; server_name .a.example ~^b\\d ''; " + TO_A + "}"
                + "server { listen 443 default_server; server_name c.*; " + TO_B + "}");
        assertThat(configuration.virtualServers()).hasSize(1);
        var server = configuration.virtualServers().getFirst();
        assertThat(server.listen()).containsExactly(ListenAddress.parse("443"));
        var map = (TextMap) configuration.variables().getFirst();
        assertThat(((Target.Named) server.target()).text().parts())
                .containsExactly(new Template.Part.Variable(map.name()));
        assertThat(map.source().parts()).containsExactly(new Template.Part.Variable("ssl_preread_server_name"));
        assertThat(map.defaultValue()).isEqualTo(Template.literal("10.0.0.2:1"));
        assertThat(map.rules())
                .containsExactly(
                        rule(Kind.EXACT, "", "10.0.0.2:1"),
                        rule(Kind.HOST_NAME, "a.example", "10.0.0.1:1"),
                        rule(Kind.HOST_NAME, "*.a.example", "10.0.0.1:1"),
                        rule(Kind.HOST_NAME, "c.*", "10.0.0.2:1"),
                        rule(Kind.REGEX_IGNORING_CASE, "^b\\d", "10.0.0.1:1"));
    }

    @Test
    void statusOfCertificatesIsStapledAsInHttp() {
        var pair = "ssl_certificate c; ssl_certificate_key k; ";
        var fetched =
                good("ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate ca; server { listen 443 ssl; "
                        + pair + "ssl_stapling_responder http://ocsp.example/; " + TO_A + "}");
        assertThat(fetched.virtualServers().getFirst().tls().orElseThrow().certificates())
                .singleElement()
                .satisfies(certificate -> assertThat(certificate.stapling())
                        .contains(new TlsStapling(Optional.of("http://ocsp.example/"), Optional.of("ca"), true)));
        var ofFile = good("server { listen 443 ssl; " + pair + "ssl_stapling on; ssl_stapling_file f; " + TO_A + "}");
        assertThat(ofFile.virtualServers().getFirst().tls().orElseThrow().certificates())
                .singleElement()
                .satisfies(certificate -> assertThat(certificate.statusFile()).contains("f"));
        assertThat(errors("server { listen 443 ssl; " + pair + "ssl_stapling maybe; " + TO_A + "}"))
                .hasSize(1);
    }

    @Test
    void serversThatEndTlsShowTheCertificatesOfAll() {
        var configuration = good("ssl_certificate_key k; server { listen 443 ssl; ssl_certificate a; " + TO_A + "}"
                + "server { listen 443; server_name b; ssl_certificate b; " + TO_B + "}");
        var server = configuration.virtualServers().getFirst();
        assertThat(server.listen().getFirst().tls()).isTrue();
        assertThat(server.tls().orElseThrow().certificates())
                .extracting(TlsCertificate::chainFile)
                .containsExactly("a", "b");
        assertThat(server.tls().orElseThrow().refusesUnknownNames()).isFalse();
        assertThat(((TextMap) configuration.variables().getFirst()).source().parts())
                .containsExactly(new Template.Part.Variable("ssl_server_name"));
    }

    @Test
    void defaultThatRejectsHandshakesLeavesOnlyTheNamedServers() {
        var tls = good("server { listen 443 ssl; ssl_reject_handshake on; " + TO_A + "}"
                        + "server { listen 443; server_name b; ssl_certificate b; ssl_certificate_key k; " + TO_B + "}")
                .virtualServers()
                .getFirst()
                .tls()
                .orElseThrow();
        assertThat(tls.refusesUnknownNames()).isTrue();
        assertThat(tls.rejects()).isFalse();
        assertThat(tls.certificates()).hasSize(1);
    }

    @Test
    void addressesOfOneServerAloneStayTogether() {
        var servers = good("ssl_preread on; server { listen 1; listen 2; listen 3; server_name a; " + TO_A + "}"
                        + "server { listen 2; server_name b; " + TO_B + "}")
                .virtualServers();
        assertThat(servers).extracting(VirtualServer::name).containsExactly("0.0.0.0:2/tcp", "0.0.0.0:1/tcp");
        assertThat(servers.getLast().listen()).hasSize(2);
        assertThat(servers.getLast().pool()).isEqualTo("10.0.0.1:1");
    }

    @Test
    void replyAndPassAreChosenByNameToo() {
        var reply = good("ssl_certificate a; ssl_certificate_key k; server { listen 1 ssl; return one; }"
                        + " server { listen 1; server_name b; return two; }")
                .virtualServers()
                .getFirst();
        assertThat(reply.target()).isInstanceOf(Target.Reply.class);
        var passed = good("ssl_preread on; server { listen 1; " + TO_A
                + "} server { listen 1; server_name b; pass 127.0.0.1:8; }");
        assertThat(((TextMap) passed.variables().getFirst()).rules())
                .contains(rule(Kind.HOST_NAME, "b", "127.0.0.1:8"));
    }

    @Test
    void passGoesToAnAddressAndIsToldOf() {
        var result = read("server { listen 1; pass unix:/tmp/s; }");
        assertThat(result.configuration()
                        .orElseThrow()
                        .virtualServers()
                        .getFirst()
                        .pool())
                .isEqualTo("unix:/tmp/s");
        assertThat(result.problems())
                .extracting(Problem::text)
                .anyMatch(text -> text.contains("clients have the balancer's own address there"));
        assertThat(errors("upstream u { server 10.0.0.1:1; } server { listen 1; pass u; }"))
                .hasSize(1);
        assertThat(errors("server { listen 1; pass 127.0.0.1:8; proxy_protocol on; }"))
                .singleElement()
                .asString()
                .contains("'pass' stands where");
        assertThat(errors("server { listen 1; pass 127.0.0.1:8; " + TO_A + "}"))
                .singleElement()
                .asString()
                .contains("'pass' stands beside 'proxy_pass'");
    }

    @Test
    void whatDiffersBesideTheTargetIsTold() {
        var first = "ssl_preread on; server { listen 1; " + TO_A + "} server { listen 1; server_name b; " + TO_B;
        assertThat(errors(first + "allow all; }")).singleElement().asString().contains("'allow' and 'deny'");
        assertThat(errors(first + "proxy_timeout 3s; }"))
                .singleElement()
                .asString()
                .contains("'proxy_timeout'");
        assertThat(errors(first + "ssl_preread off; }"))
                .singleElement()
                .asString()
                .contains("'ssl_preread'");
        assertThat(errors(first.replace(TO_B, "return b; ") + "}"))
                .singleElement()
                .asString()
                .contains("some have 'return'");
    }

    @Test
    void serversThatCannotBeToldApartAreDuplicates() {
        assertThat(errors("server { listen 1; " + TO_A + "} server { listen 1; " + TO_B + "}"))
                .singleElement()
                .asString()
                .contains("duplicate listener");
        assertThat(errors("server { listen 1 udp; " + TO_A + "} server { listen 1 udp; server_name b; " + TO_B + "}"))
                .singleElement()
                .asString()
                .contains("duplicate listener");
        assertThat(errors("server { listen 1-3; " + TO_A + "} server { listen 2; server_name b; " + TO_B + "}"))
                .singleElement()
                .asString()
                .contains("duplicate listener");
    }

    @Test
    void namesThatNobodyHearsAreToldOf() {
        var result = read("server { listen 1; " + TO_A + "} server { listen 1; server_name b; " + TO_B + "}");
        assertThat(result.configuration()
                        .orElseThrow()
                        .virtualServers()
                        .getFirst()
                        .pool())
                .isEqualTo("10.0.0.1:1");
        assertThat(result.problems())
                .extracting(Problem::text)
                .anyMatch(text -> text.contains("no name is heard at 0.0.0.0:1"));
        var taken = read("ssl_preread on; server { listen 1; server_name b; " + TO_A
                + "} server { listen 1; server_name b; " + TO_B + "}");
        assertThat(taken.problems())
                .extracting(Problem::text)
                .anyMatch(text -> text.contains("conflicting server name 'b' on 0.0.0.0:1"));
    }
}

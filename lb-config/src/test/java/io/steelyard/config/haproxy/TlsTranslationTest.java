package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the model is that {@code ssl} of {@code bind} and {@code server} becomes. */
class TlsTranslationTest {
    private static final String KEY = "-----BEGIN PRIVATE KEY-----\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        for (var name :
                List.of("a.pem", "b.pem", "all/2.pem", "all/1.pem", "all/.hidden", "both.pem.rsa", "both.pem.ecdsa")) {
            var file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, KEY);
        }
        Files.writeString(folder.resolve("bare.pem"), "-----BEGIN CERTIFICATE-----\n");
        Files.writeString(folder.resolve("aside.pem"), "-----BEGIN CERTIFICATE-----\n");
        Files.writeString(folder.resolve("aside.pem.key"), KEY);
        Files.writeString(folder.resolve("aside.pem.ocsp"), "0");
        Files.writeString(
                folder.resolve("list"), "# c\na.pem\n  b.pem  [] *.b.example   !x.b.example\n\naside.pem *\n");
        Files.writeString(folder.resolve("fine"), "a.pem [verify none] a.example\n");
    }

    private Configuration read(String text) {
        var result = result(text);
        assertThat(result.problems()).noneMatch(Problem::isError);
        return result.configuration().orElseThrow();
    }

    private ReadResult result(String text) {
        return new HaproxyConfigurationReader()
                .read(ConfigurationSource.of("f", text.replace("F/", folder + "/")), Map.of());
    }

    private VirtualServer front(String bind) {
        return read("global\n crt-base " + folder + "\nfrontend f\n mode http\n timeout client 9s\n bind :443 " + bind
                        + "\n")
                .virtualServers()
                .getFirst();
    }

    private List<String> chains(String bind) {
        return front(bind).tls().orElseThrow().certificates().stream()
                .map(TlsCertificate::chainFile)
                .map(file -> folder.relativize(Path.of(file)).toString())
                .toList();
    }

    @Test
    void certificatesAreFilesFoldersAndLists() {
        assertThat(chains("ssl crt a.pem crt b.pem")).containsExactly("a.pem", "b.pem");
        assertThat(chains("ssl crt all")).containsExactly("all/1.pem", "all/2.pem");
        assertThat(chains("ssl crt both.pem")).containsExactly("both.pem.ecdsa", "both.pem.rsa");
        assertThat(chains("ssl crt-list list")).containsExactly("a.pem", "b.pem", "aside.pem");
        var listed = front("ssl crt-list list").tls().orElseThrow().certificates();
        assertThat(listed.get(1).names()).containsExactly("*.b.example", "!x.b.example");
        assertThat(listed.get(2).names()).isEmpty();
        assertThat(listed.get(2).keyFile()).endsWith("aside.pem.key");
        assertThat(listed.get(2).statusFile())
                .hasValueSatisfying(file -> assertThat(file).endsWith("aside.pem.ocsp"));
    }

    @Test
    void parametersOfBindAreHonoured() {
        var server =
                front("ssl crt a.pem alpn h2,http/1.1 strict-sni verify required ca-file /ca crl-file /crl no-ca-names"
                        + " ssl-min-ver TLSv1.3 curves X25519:P-256 ciphers A no-tls-tickets tls-ticket-keys /t");
        var tls = server.tls().orElseThrow();
        assertThat(server.listen().getFirst().tls()).isTrue();
        assertThat(tls.protocols()).containsExactly("h2", "http/1.1");
        assertThat(tls.refusesUnknownNames()).isTrue();
        assertThat(tls.clientCertificates().mode()).isEqualTo(ClientCertificates.Mode.REQUIRED);
        assertThat(tls.clientCertificates().refusesInHandshake()).isTrue();
        assertThat(tls.clientCertificates().sendsNames()).isFalse();
        assertThat(tls.clientCertificates().trust().authoritiesFile()).contains("/ca");
        assertThat(tls.clientCertificates().trust().revokedFile()).contains("/crl");
        assertThat(tls.rules().versions()).containsExactly(TlsVersion.TLS_1_3);
        assertThat(tls.rules().groups()).containsExactly("X25519", "P-256");
        assertThat(tls.rules().ciphers()).isEqualTo("A");
        assertThat(tls.prefersOwnCiphers()).isTrue();
        assertThat(tls.sessions().tickets()).isFalse();
        assertThat(tls.sessions().ticketKeyFiles()).containsExactly("/t");
        assertThat(tls.handshakeTimeout()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void globalSaysWhatBindBeginsWith() {
        var configuration =
                read("global\n ssl-default-bind-options ssl-min-ver TLSv1.0 no-tlsv13 prefer-client-ciphers\n"
                        + " ssl-default-bind-ciphers X\n tune.ssl.lifetime 60\n tune.ssl.cachesize 7\n"
                        + "frontend f\n mode http\n timeout client 1s\n bind :1 ssl crt F/a.pem\n");
        var tls = configuration.virtualServers().getFirst().tls().orElseThrow();
        assertThat(tls.rules().versions()).containsExactly(TlsVersion.TLS_1_2);
        assertThat(tls.rules().ciphers()).isEqualTo("X");
        assertThat(tls.prefersOwnCiphers()).isFalse();
        assertThat(tls.sessions().cached()).isEqualTo(7);
        assertThat(tls.sessions().timeout()).isEqualTo(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @CsvSource({"http", "tcp"})
    void eachWayOfTlsIsAVirtualServer(String mode) {
        var servers = read("listen f\n mode " + mode + "\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n"
                        + " bind :1\n bind :2 ssl crt F/a.pem\n bind :3 ssl crt F/b.pem\n bind :4 ssl crt F/a.pem\n"
                        + " server s 10.0.0.1:1\n")
                .virtualServers();
        assertThat(servers).extracting(VirtualServer::name).containsExactly("f", "f-2");
        assertThat(servers.get(0).listen())
                .extracting(address -> address.firstPort() + "" + address.tls())
                .containsExactlyInAnyOrder("1false", "2true", "4true");
        assertThat(servers.get(1).listen())
                .extracting(address -> address.firstPort())
                .containsExactly(3);
    }

    private static String backend(String server) {
        return "listen l\n mode http\n bind :80\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n "
                + server + "\n";
    }

    @Test
    void parametersOfServerAreHonoured() {
        var pool = read(backend(
                        "option httpchk\n server s 10.0.0.1:443 ssl verify required ca-file /ca verifyhost v.example"
                                + " sni str(t.example) check-sni c.example crt F/a.pem alpn h2,http/1.1 no-ssl-reuse force-tlsv12 check"))
                .pools()
                .getFirst();
        var tls = pool.servers().getFirst().tls().orElseThrow();
        assertThat(tls.trust().orElseThrow().authoritiesFile()).contains("/ca");
        assertThat(tls.verifiedName()).contains(Template.literal("v.example"));
        assertThat(tls.serverName()).contains(Template.literal("t.example"));
        assertThat(tls.certificate()).contains(TlsCertificate.of(folder + "/a.pem"));
        assertThat(tls.protocols()).containsExactly("http/1.1");
        assertThat(tls.reusesSessions()).isFalse();
        assertThat(tls.rules().versions()).containsExactly(TlsVersion.TLS_1_2);
        assertThat(pool.healthChecks().getFirst().options())
                .containsEntry("tls", "verified")
                .containsEntry("tls-server-name", "c.example")
                .containsEntry("tls-verified-name", "v.example")
                .containsEntry("tls-authorities", "/ca");
    }

    @ParameterizedTest
    @CsvSource({
        "server s 10.0.0.1:1 ssl verify none check,unverified",
        "server s 10.0.0.1:1 ssl verify none check port 2,",
        "server s 10.0.0.1:1 ssl verify none check port 2 check-ssl,unverified",
        "server s 10.0.0.1:1 ssl verify none check no-check-ssl,",
        "server s 10.0.0.1:1 check check-ssl verify none,unverified",
        "server s 10.0.0.1:1 check,"
    })
    void checksSpeakTlsWhereTheServerDoes(String server, String tls) {
        var options = read(backend(server))
                .pools()
                .getFirst()
                .healthChecks()
                .getFirst()
                .options();
        assertThat(options.get("tls")).isEqualTo(tls);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "bind :1 ssl|'ssl' of 'bind' has no certificate",
                "bind :1 ssl crt F/none.pem|there is no such file",
                "bind :1 ssl crt F/bare.pem|it holds no private key",
                "bind :1 ssl crt-list F/fine|line 1 of",
                "bind :1 ssl crt F/a.pem ssl-max-ver TLSv1.1|no version of TLS is left",
                "bind :1 ssl crt F/a.pem ssl-min-ver TLS9|'ssl-min-ver' of 'bind' is 'TLS9'",
                "bind :1 ssl crt F/a.pem verify perhaps|'verify' of 'bind' is 'perhaps'",
                "bind :1 ssl crt F/a.pem crt-ignore-err all|'crt-ignore-err' of 'bind' cannot be honoured",
                "server s 1.1.1.1:1 ssl|has no 'ca-file'",
                "server s 1.1.1.1:1 ssl verify perhaps|none or required",
                "server s 1.1.1.1:1 ssl verify none sni nonsense(|'sni' is"
            })
    void faultsAreToldWithTheirPlace(String line, String told) {
        var problems =
                result("listen l\n mode http\n bind :80\n " + line + "\n").problems();
        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.toString()).startsWith("f:4:").contains(told);
        });
    }
}

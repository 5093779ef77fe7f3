package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    private static final String GOOD = """
            pools:
              web: {scheduler: nginx.round_robin, servers: [127.0.0.1:9001, 127.0.0.1:9002]}
            virtualServers:
              front: {listen: "127.0.0.1:8080", pool: web}
            """;

    @TempDir
    private Path directory;

    private record Result(int code, String out, String err) {}

    private static Result lb(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Lb.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void checkOfACleanFileSaysNothingAndExitsZero() throws IOException {
        assertThat(lb("check", file("a.yaml", GOOD))).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void checkExitsZeroForNotices() throws IOException {
        var result = lb("check", file("a.yaml", GOOD.replace("\n", "\r\n")));
        assertThat(result.out()).contains(": notice: ");
        assertThat(result.code()).isZero();
    }

    @Test
    void checkExitsOneForWarnings() throws IOException {
        var result = lb("check", file("a.yaml", GOOD.replace("servers:", "hashKey: $remote_addr, servers:")));
        assertThat(result.out()).contains("a.yaml:2:39: warning: ");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void filesOfOneToolGoTogetherWhateverTheirReadersMake() throws IOException {
        var files = new ArrayList<String>(List.of("check"));
        for (int i = 1; i <= 2; i++) {
            file("users" + i, "user" + i + ":{PLAIN}secret\n");
            files.add(file("n" + i + ".conf", """
                    events {}
                    http {
                      map $uri $time%d { default 1h; /a %dd; }
                      server {
                        listen 127.0.0.1:808%d;
                        expires $time%d;
                        location / { auth_basic x; auth_basic_user_file users%d; return 200 x; }
                        location /same { expires 1h; return 200 x; }
                      }
                    }
                    """.formatted(i, i, i, i, i)));
        }

        assertThat(lb(files.toArray(String[]::new))).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void checkTellsEveryErrorWithItsPlaceAndExitsTwo() throws IOException {
        var file = file(
                "a.yaml",
                GOOD.replace(
                        "scheduler: nginx.round_robin",
                        "scheduler: {name: nginx.hash, options: {consistant: true}}, hashKey: $remote_addr"));
        assertThat(lb("check", file))
                .isEqualTo(new Result(
                        2,
                        file + ":2:49: error: unknown option 'consistant', expected one of consistent"
                                + System.lineSeparator(),
                        ""));
        var missing = directory.resolve("none.yaml").toString();
        assertThat(lb("check", missing, file("b.yaml", "pools: 1\n")).out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(missing + ": error: cannot be read: there is no such file"),
                        line -> assertThat(line).contains("b.yaml:1:8: error: "));
    }

    @Test
    void checkNamesEveryFileOfTlsThatCannotBeUsedAndWhereItIsNamed() throws IOException {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        new TestCertificates(directory).ec("one", "one.example").ec("two", "two.example");
        file("noise.pem", "no certificate\n");
        var nginx = file("n.conf", """
                http {
                  server { listen 127.0.0.1:8443 ssl; server_name a;
                    ssl_certificate missing.pem; ssl_certificate_key one.key; }
                  server { listen 127.0.0.1:8443 ssl; server_name b;
                    ssl_certificate one.pem;
                    ssl_certificate_key two.key; }
                  server { listen 127.0.0.1:8443 ssl; server_name c;
                    ssl_certificate one.pem; ssl_certificate_key one.key;
                    ssl_verify_client on; ssl_client_certificate noise.pem; }
                }
                """);
        var result = lb("check", nginx);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out().lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .startsWith(nginx + ":3:21: error: certificate file ")
                                .contains("missing.pem: there is no such file"),
                        line -> assertThat(line)
                                .startsWith(nginx + ":6:25: error: key file ")
                                .contains("two.key: its key is not that of the certificate in "),
                        line -> assertThat(line)
                                .startsWith(nginx + ":9:50: error: authorities file ")
                                .contains("noise.pem: it holds no certificate"));
        var yaml = file("y.yaml", """
                virtualServers:
                  web:
                    listen:
                      - address: 127.0.0.1:8443
                        tls: true
                    reply: x
                    tls:
                      certificates:
                        - {chainFile: FOLDER/one.pem, keyFile: FOLDER/two.key}
                        - FOLDER/none.pem
                """.replace("FOLDER", directory.toString()));
        assertThat(lb("check", yaml).out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith(yaml + ":9:").contains("two.key: its key is not"),
                        line -> assertThat(line).startsWith(yaml + ":10:").contains("none.pem: there is no such file"));
        // What it would be can be told of another machine's files.
        assertThat(lb("explain", yaml).code()).isZero();
    }

    @Test
    void checkNamesEveryFileOfTlsInHaproxyFilesAndWhereItIsNamed() throws IOException {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        var made = new TestCertificates(directory).ec("one", "one.example").ec("two", "two.example");
        var both = file(
                "both.pem",
                Files.readString(Path.of(made.path("one.pem"))) + Files.readString(Path.of(made.path("one.key"))));
        var crossed = file(
                "crossed.pem",
                Files.readString(Path.of(made.path("one.pem"))) + Files.readString(Path.of(made.path("two.key"))));
        var noise = file("noise.pem", "no certificate\n");
        var haproxy =
                file("h.cfg", """
                defaults
                  mode http
                  timeout client 1s
                  timeout connect 1s
                  timeout server 1s
                listen a
                  bind 127.0.0.1:8443 ssl crt BOTH verify required ca-file NOISE
                  bind 127.0.0.1:8444 ssl crt CROSSED
                  bind 127.0.0.1:8445 ssl crt BOTH verify required ca-file BOTH crl-file none.pem
                  server s 127.0.0.1:1 ssl verify required ca-file other.pem crl-file NOISE
                  server t 127.0.0.1:2 ssl verify none crt CROSSED
                """.replace("BOTH", both).replace("NOISE", noise).replace("CROSSED", crossed));
        var result = lb("check", haproxy);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out().lines().filter(line -> line.contains(": error: ")))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .startsWith(haproxy + ":7:")
                                .contains("noise.pem: it holds no certificate"),
                        line -> assertThat(line)
                                .startsWith(haproxy + ":8:")
                                .contains("crossed.pem: its key is not that of the certificate in "),
                        line -> assertThat(line)
                                .startsWith(haproxy + ":9:")
                                .contains("none.pem: there is no such file"),
                        line -> assertThat(line)
                                .startsWith(haproxy + ":10:")
                                .contains("other.pem: there is no such file"));
    }

    @Test
    void explainPrintsWhatExplainsToItself() throws IOException {
        var nginx = file(
                "a.conf",
                "events {}\nstream {\n upstream h { hash $remote_addr consistent; server 127.0.0.1:9001 weight=2; }\n"
                        + " upstream u { server 127.0.0.1:9001; server 127.0.0.1:9002 backup; }\n"
                        + " server { listen 127.0.0.1:8080; proxy_pass h; }\n server { listen 127.0.0.1:8081; proxy_pass u; }\n}\n");
        var first = lb("explain", nginx);
        assertThat(first.code()).isZero();
        assertThat(first.out()).contains("personality: nginx", "consistent: true", "weight: 2", "tier: 1");
        var second = lb("explain", file("b.yaml", first.out()));
        assertThat(second).isEqualTo(new Result(0, first.out(), ""));
    }

    @Test
    void explainOfAWrongFilePrintsItsErrors() throws IOException {
        var result = lb("explain", file("a.yaml", "pools: 1\n"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("a.yaml:1:8: error: ");
    }

    @Test
    void filesOfSeveralFormatsAreOneConfiguration() throws IOException {
        var yaml = file("a.yaml", "virtualServers:\n  front: {listen: \"127.0.0.1:8081\", pool: u}\n");
        var nginx = file(
                "b.conf",
                "stream { upstream u { server 127.0.0.1:9001; } server { listen 127.0.0.1:8080; proxy_pass u; } }\n");
        var result = lb("explain", yaml, nginx);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("127.0.0.1:8080", "127.0.0.1:8081");
    }

    @Test
    void pluginsListsEveryKindWithModuleAndDescription() {
        var result = lb("plugins");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .containsPattern("scheduler +nginx\\.hash +\\S*schedulers\\S* +\\S")
                .containsPattern("scheduler +haproxy.first +")
                .containsPattern("health-check +tcp +\\S*health")
                .containsPattern("reader +yaml +\\S*config")
                .containsPattern("reader +nginx ");
    }

    @Test
    void pickShowsTheSequence() {
        var result = lb(
                "pick",
                "--scheduler",
                "nginx.round_robin",
                "--server",
                "a:1,weight=5",
                "--server",
                "b:1",
                "--server",
                "c:1",
                "--count",
                "14");
        assertThat(result.out().replace(":1\n", "")).isEqualTo("aabacaaaabacaa");
    }

    @Test
    void pickShowsTheServerOfEachKeyAndClient() {
        assertThat(lb(
                                "pick",
                                "--scheduler",
                                "nginx.ip_hash",
                                "--server",
                                "a:1",
                                "--server",
                                "b:1",
                                "--server",
                                "c:1",
                                "--client",
                                "10.0.0.1",
                                "--client",
                                "172.16.5.4",
                                "--client",
                                "::1")
                        .out())
                .isEqualTo("10.0.0.1\ta:1\n172.16.5.4\tb:1\n::1\tc:1\n");
        assertThat(lb(
                                "pick",
                                "--scheduler",
                                "nginx.hash",
                                "--server",
                                "a:1",
                                "--server",
                                "b:1,down",
                                "--server",
                                "c:1",
                                "--key",
                                "bar",
                                "--key",
                                "user:0")
                        .out())
                .isEqualTo("bar\tc:1\nuser:0\ta:1\n");
    }

    @Test
    void pickTakesThousandsOfKeysFromAFile() throws IOException {
        var keys = file(
                "keys",
                IntStream.range(0, 5_000).mapToObj(i -> "key" + i + "\n").collect(Collectors.joining()));
        var result = lb(
                "pick",
                "--scheduler",
                "nginx.hash",
                "--option",
                "consistent=true",
                "--server",
                "a:1",
                "--server",
                "b:1",
                "--keys-from",
                keys);
        assertThat(result.out().lines()).hasSize(5_000).allMatch(line -> line.matches("key\\d+\t[ab]:1"));
    }

    @Test
    void pickShowsADashWhereNoServerCanServe() {
        assertThat(lb("pick", "--scheduler", "nginx.round_robin", "--server", "a:1,down", "--key", "k")
                        .out())
                .isEqualTo("k\t-\n");
        assertThat(lb("pick", "--scheduler", "nginx.round_robin", "--server", "a:1,max=1", "--hold", "--count", "2")
                        .out())
                .isEqualTo("a:1\n-\n");
    }

    @Test
    void pickUsesABackupOnlyWhereNoOtherServerCanServe() {
        assertThat(lb("pick", "--scheduler", "nginx.round_robin", "--server", "a:1,backup", "--server", "b:1")
                        .out())
                .isEqualTo("b:1\n");
        assertThat(lb("pick", "--scheduler", "nginx.round_robin", "--server", "a:1,backup", "--server", "b:1,down")
                        .out())
                .isEqualTo("a:1\n");
    }

    @Test
    void aWrongCommandLineIsExplained() {
        for (var wrong : List.of(
                new String[] {"pick", "--scheduler", "nginx.round_robin", "--server", "a:1,wight=2"},
                new String[] {"pick", "--scheduler", "nginx.round_robin", "--server", "a:70000"},
                new String[] {"pick", "--scheduler", "nginx.round_robin", "--server", "a:1", "--client", "nobody"},
                new String[] {"check"},
                new String[] {"chek", "x"})) {
            var result = lb(wrong);
            assertThat(result.code()).isEqualTo(Lb.USAGE);
            assertThat(result.err()).startsWith("lb: ").contains("--help");
        }
    }

    @Test
    void anUnknownSchedulerIsRefused() {
        var result = lb("pick", "--scheduler", "nope", "--server", "a:1");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("unknown scheduler 'nope'");
    }

    @Test
    void aPieceOfAnHttpBlockIsReadWhereItIsSaidToBeOne() throws IOException {
        var piece = file(
                "piece.conf",
                "upstream app { ip_hash; server 127.0.0.1; }\nserver { listen 8080; location / { proxy_pass http://app; } }\n");
        var alone = lb("check", piece);
        assertThat(alone.code()).isEqualTo(2);
        assertThat(alone.out()).contains("piece.conf:1:1: error: ").contains("--as http");
        assertThat(lb("check", "--as", "http", piece)).isEqualTo(new Result(0, "", ""));
        var explained = lb("explain", "--as", "http", piece);
        assertThat(explained.code()).isZero();
        assertThat(explained.out()).contains("scheduler: nginx.ip_hash").contains("0.0.0.0:8080/http:");
        assertThat(lb("explain", file("again.yaml", explained.out()))).isEqualTo(explained);
        assertThat(lb("check", "--as", "mail", piece).out())
                .contains("cannot be read as 'mail', expected http or stream");
    }
}

package io.steelyard.vrrp.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real etcd (Debian's etcd-server), on loopback. */
class EtcdWitnessTest extends WitnessContract {
    private static final Path ETCD = Path.of("/usr/bin/etcd");

    @TempDir
    private static Path folder;

    private static Process etcd;
    private static URI url;
    private static int keys;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Files.isExecutable(ETCD), "needs etcd (package etcd-server)");
        url = URI.create("http://127.0.0.1:" + freePort());
        var peers = "http://127.0.0.1:" + freePort();
        etcd = new ProcessBuilder(
                        ETCD.toString(),
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--listen-client-urls",
                        url.toString(),
                        "--advertise-client-urls",
                        url.toString(),
                        "--listen-peer-urls",
                        peers,
                        "--initial-advertise-peer-urls",
                        peers,
                        "--initial-cluster",
                        "default=" + peers,
                        "--unsafe-no-fsync")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("etcd.log").toFile())
                .start();
        try (var client = HttpClient.newHttpClient()) {
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> client.send(
                                    HttpRequest.newBuilder(url.resolve("/health"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body()
                            .contains("true"));
        }
    }

    /** It is asked for by number twice; between the two somebody else could take it, which nobody here does. */
    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (etcd != null) {
            etcd.destroyForcibly().waitFor();
        }
    }

    private final String prefix = "test" + ++keys + "/";

    @Override
    Witness witness(String asker) {
        return new EtcdWitness(asker, prefix, new EtcdGateway(List.of(url), Duration.ofSeconds(10)));
    }

    @Test
    void anotherMemberIsAskedWhenOneDoesNotAnswer() throws Exception {
        var nobody = URI.create("http://127.0.0.1:" + freePort());
        try (var witness =
                new EtcdWitness("one", prefix, new EtcdGateway(List.of(nobody, url), Duration.ofSeconds(10)))) {
            assertThat(problem(witness, 1)).contains("asking etcd");
            assertThat(problem(witness, 2)).isEqualTo("granted");
        }
    }

    private static String problem(Witness witness, long sequence) throws Exception {
        var result = new CompletableFuture<String>();
        witness.ask(new Witness.Question("gate", 100, 2_000_000_000L, sequence, 0), new Witness.Listener() {
            @Override
            public void answered(Witness.Answer answer) {
                result.complete(answer.isGranted() ? "granted" : "refused");
            }

            @Override
            public void failed(String problem) {
                result.complete(problem);
            }
        });
        return result.get(30, TimeUnit.SECONDS);
    }
}

package io.steelyard.launcher.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The witness as a program, and a balancer that asks it. */
@EnabledIf("isRoot")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class WitnessCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String FLOATING = "10.9.0.100";

    @TempDir
    Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Observed observed = new Observed();
    private LabNetwork network;

    static boolean isRoot() {
        return SeedKeepalivedIT.isRoot();
    }

    @BeforeEach
    void build() throws IOException {
        network = LabNetwork.create();
        network.plugIn("one", "eth0", "10.9.0.1/24");
        network.plugIn("place", "eth0", "10.9.0.3/24");
        Files.writeString(folder.resolve("key"), "the same for all who ask\n");
    }

    @AfterEach
    void end() {
        network.close();
    }

    @Test
    void theAddressIsHadWithALeaseAloneAndLostWhenTheWitnessIsGone() throws Exception {
        var watch = LabNode.of(network.startIp("one", "-o", "monitor", "address"), line -> {
            if (line.contains(" " + FLOATING + "/")) {
                observed.holds("one", !line.startsWith("Deleted"), System.nanoTime());
            }
        });
        var balancer = LabNode.lb(
                network,
                "one",
                List.of(
                        "run",
                        "--control",
                        folder.resolve("one.control").toString(),
                        configuration().toString()),
                log::add);
        try {
            awaitLog("BACKUP");
            var witness = witness("10.9.0.3:7946", "key", "2");
            assertThat(observed.await(now -> now.holders().equals(Set.of("one")), LIMIT))
                    .as(() -> "log:\n" + String.join("\n", log))
                    .isTrue();

            assertThat(witness.terminate()).isZero();
            assertThat(log).anyMatch(line -> line.startsWith("witness: lease 'lab/IPV4/51' is held by"));
            assertThat(observed.await(now -> now.holders().isEmpty(), LIMIT)).isTrue();
        } finally {
            balancer.terminate();
            watch.kill();
        }
    }

    @Test
    void whatIsNoKeyOrNoAddressIsRefusedWithTheReason() throws Exception {
        Files.writeString(folder.resolve("short"), "short");

        assertThat(witness("10.9.0.3:7946", "short", "10").exitCode()).isEqualTo(1);
        awaitLog("16");
        assertThat(witness("10.9.0.3:7946", "none", "10").exitCode()).isEqualTo(1);
        awaitLog("is not there or may not be read");
        assertThat(witness("10.9.9.9:7946", "key", "10").exitCode()).isEqualTo(1);
        awaitLog("no witness at 10.9.9.9:7946");
        assertThat(witness("somewhere", "key", "10").exitCode()).isEqualTo(64);
        assertThat(witness("10.9.0.3:7946", "key", "0").exitCode()).isEqualTo(64);
    }

    private LabNode witness(String listen, String key, String lease) throws IOException {
        return LabNode.lb(
                network,
                "place",
                List.of(
                        "witness",
                        "--listen",
                        listen,
                        "--key-file",
                        folder.resolve(key).toString(),
                        "--longest-lease",
                        lease),
                line -> log.add("witness: " + line));
    }

    private Path configuration() throws IOException {
        return Files.writeString(folder.resolve("one.yaml"), """
                virtualRouters:
                  web:
                    interface: eth0
                    virtualRouterId: 51
                    version: v3
                    advertInterval: 200ms
                    addresses: 10.9.0.100/24
                    defence:
                      witness:
                        provider: steelyard
                        options:
                          address: 10.9.0.3:7946
                          key: the same for all who ask
                          cluster: lab
                        lease: 2s
                """);
    }

    private void awaitLog(String text) {
        await().atMost(LIMIT).until(() -> log.stream().anyMatch(line -> line.contains(text)));
    }
}

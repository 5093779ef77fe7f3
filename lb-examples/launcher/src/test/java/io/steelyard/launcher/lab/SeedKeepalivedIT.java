package io.steelyard.launcher.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** The files of keepalived that people copy from the web, unmodified, on hosts with interfaces of the names they say. */
@EnabledIf("isRoot")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(240)
class SeedKeepalivedIT {
    private static final Path SEEDS = Path.of("../../lb-config/src/test/resources/seeds");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Map<String, LabNode> nodes = new HashMap<>();
    private final List<LabNode> watches = new ArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Map<String, Observed> byAddress = new HashMap<>();
    private LabNetwork network;

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @BeforeEach
    void build() throws IOException {
        network = LabNetwork.create();
    }

    @AfterEach
    void end() throws InterruptedException {
        for (var node : nodes.values()) {
            node.terminate();
        }
        for (var watch : watches) {
            watch.kill();
        }
        network.close();
    }

    @Test
    void eachOfTwoHasOneAddressAndTheOtherTakesBothWhenItDies() throws Exception {
        hosts("ens33", "192.168.0.151/24", "192.168.0.152/24");
        network.plugIn("servers", "eth0", "192.168.0.161/24", "192.168.0.162/24", "192.168.0.163/24");
        network.plugIn("client", "eth0", "192.168.0.9/24");
        run("servers", servers("192.168.0.161", "192.168.0.162", "192.168.0.163"));
        watch("192.168.0.180", "192.168.0.181");
        var stream = Path.of("src/test/resources/seeds/0-stream.nginx.conf");
        run("one", SEEDS.resolve("0-dual-vip-lb1.keepalived.conf"), stream);
        run("two", SEEDS.resolve("0-dual-vip-lb2.keepalived.conf"), stream);

        awaitHolder("192.168.0.180", "one");
        awaitHolder("192.168.0.181", "two");
        assertThat(servedThrough("192.168.0.180")).hasSize(3);
        assertThat(servedThrough("192.168.0.181")).hasSize(3);

        kill("one");
        awaitHolder("192.168.0.180", "two");
        assertThat(byAddress.get("192.168.0.181").holders()).containsExactly("two");
        assertThat(servedThrough("192.168.0.180")).hasSize(3);

        run("one", SEEDS.resolve("0-dual-vip-lb1.keepalived.conf"), stream);
        awaitHolder("192.168.0.180", "one");
        assertThat(byAddress.get("192.168.0.181").holders()).containsExactly("two");
    }

    @Test
    void anNginxHaPairMovesItsAddressInBothDirections() throws Exception {
        hosts("eth0", "192.168.1.1/24", "192.168.1.2/24");
        watch("192.168.1.100");
        pairMoves("192.168.1.100", "4-nginx-ha-master", "4-nginx-ha-backup");
    }

    @Test
    void anLvsPairMovesItsAddressAndSaysThatItForwardsNoPackets() throws Exception {
        hosts("ens33", "172.27.9.1/24", "172.27.9.2/24");
        watch("172.27.9.100");
        pairMoves("172.27.9.100", "1-lvs-dr-master", "1-lvs-dr-backup");
        awaitLog("virtual_server");
    }

    @Test
    void aPairWhoseCheckScriptIsMissingRunsWithoutTheScript() throws Exception {
        hosts("ens33", "192.168.60.1/24", "192.168.60.2/24");
        watch("192.168.60.100");
        pairMoves("192.168.60.100", "3-tracked-nginx-master", "3-tracked-nginx-backup");
        awaitLog("/opt/check_nginx.sh");
    }

    @Test
    void aWeightedScriptThatIsMissingTakesNothingFromThePriority() throws Exception {
        hosts("eth0", "192.168.1.1/24", "192.168.1.2/24");
        watch("192.168.1.100");
        run("one", SEEDS.resolve("4-weighted-track-script.keepalived.conf"));
        awaitHolder("192.168.1.100", "one");
        awaitLog("BACKUP -> ACTIVE with priority 100");
    }

    private void pairMoves(String address, String master, String backup) throws Exception {
        run("two", SEEDS.resolve(backup + ".keepalived.conf"));
        awaitHolder(address, "two");
        run("one", SEEDS.resolve(master + ".keepalived.conf"));
        awaitHolder(address, "one");
        kill("one");
        awaitHolder(address, "two");
    }

    private void hosts(String interfaceName, String one, String two) throws IOException {
        network.plugIn("one", interfaceName, one);
        network.plugIn("two", interfaceName, two);
    }

    private void watch(String... addresses) throws IOException {
        for (var address : addresses) {
            byAddress.put(address, new Observed());
        }
        for (var host : List.of("one", "two")) {
            watches.add(LabNode.of(network.startIp(host, "-o", "monitor", "address"), line -> changed(host, line)));
        }
    }

    private void changed(String host, String line) {
        byAddress.forEach((address, observed) -> {
            if (line.contains(" " + address + "/")) {
                observed.holds(host, !line.startsWith("Deleted"), System.nanoTime());
            }
        });
    }

    private void run(String host, Path... files) throws IOException {
        var arguments = new ArrayList<>(
                List.of("run", "--control", folder.resolve(host + ".control").toString()));
        for (var file : files) {
            arguments.add(file.toString());
        }
        nodes.put(host, LabNode.lb(network, host, arguments, line -> log.add(host + ": " + line)));
    }

    private void kill(String host) throws InterruptedException {
        nodes.remove(host).kill();
    }

    private void awaitLog(String text) {
        await().atMost(LIMIT).until(() -> log.stream().anyMatch(line -> line.contains(text)));
    }

    private void awaitHolder(String address, String host) throws InterruptedException {
        var observed = byAddress.get(address);
        assertThat(observed.await(now -> now.holders().equals(Set.of(host)), LIMIT))
                .as(() -> host + " has " + address + " alone; holders: " + observed.holders() + "; log:\n"
                        + String.join("\n", log))
                .isTrue();
    }

    private Path servers(String... addresses) throws IOException {
        var servers = new StringBuilder();
        for (var address : addresses) {
            servers.append("server { listen ")
                    .append(address)
                    .append(":80; return 200 \"")
                    .append(address)
                    .append("\"; }\n");
        }
        return Files.writeString(folder.resolve("servers.conf"), "http {\n" + servers + "}\n");
    }

    /** Which servers answer the client that asks this address again and again: until three have, or the limit. */
    private Set<String> servedThrough(String address) throws Exception {
        var observed = new Observed();
        var client = LabNode.java(
                network,
                "client",
                LabClient.class,
                List.of(address, "80"),
                line -> observed.holds(line.startsWith("+ ") ? line.substring(2) : "", line.startsWith("+ "), 0));
        try {
            observed.await(now -> now.holders().size() == 3, LIMIT);
            return observed.holders();
        } finally {
            client.kill();
        }
    }
}

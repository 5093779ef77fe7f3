package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Configuration;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.FreePort;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real DNS client and real DNS servers on the two sides of a pool. Needs dig (bind9-dnsutils) and dnsmasq (dnsmasq-base). */
@Timeout(120)
class DnsThroughPoolTest {
    private static final int SERVERS = 3;
    private static final int CLIENTS = 6;
    private static final int QUESTIONS = 3;

    private final List<Dnsmasq> servers = new ArrayList<>();
    private final int port = FreePort.udp();

    @BeforeEach
    void startServers() throws Exception {
        assumeTrue(Files.isExecutable(Dnsmasq.PROGRAM) && Files.isExecutable(Dig.PROGRAM), "needs dnsmasq and dig");
        for (int i = 1; i <= SERVERS; i++) {
            servers.add(Dnsmasq.answering("192.0.2." + i));
        }
    }

    @AfterEach
    void stopServers() {
        servers.forEach(Dnsmasq::close);
    }

    @Test
    void aHashOfTheClientAddressKeepsEachClientOnItsServer() throws Exception {
        var answers = ask(ServerPool.builder("dns").scheduler("nginx.hash").hashKey("$remote_addr"));
        assertThat(answers.values()).allSatisfy(heard -> assertThat(heard).hasSize(1));
        assertThat(new HashSet<>(answers.values())).as("servers used").hasSizeGreaterThan(1);
    }

    @Test
    void affinityKeepsEachClientOnTheServerTheRotationGaveIt() throws Exception {
        var answers = ask(ServerPool.builder("dns")
                .scheduler("nginx.round_robin")
                .affinity(Affinity.bySource(Duration.ofHours(1))));
        assertThat(answers.values()).allSatisfy(heard -> assertThat(heard).hasSize(1));
        assertThat(answers.values().stream().flatMap(HashSet::stream).sorted())
                .as("each server has two of the six clients")
                .containsExactly("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3", "192.0.2.3");
    }

    /** The check on the two above: nothing else keeps a client. */
    @Test
    void withoutEitherEveryQuestionIsBalanced() throws Exception {
        var answers = ask(ServerPool.builder("dns").scheduler("nginx.round_robin"));
        assertThat(answers.values()).allSatisfy(heard -> assertThat(heard).hasSize(SERVERS));
    }

    /** Clients 127.0.0.1 and up ask in turn, each question from a port of its own; what each heard. */
    private Map<String, HashSet<String>> ask(ServerPool.Builder pool) throws Exception {
        servers.forEach(server -> pool.server(RealServer.of(server.address())));
        var configuration = Configuration.builder()
                .pool(pool)
                .virtualServer(VirtualServer.udp("front")
                        .listen("127.0.0.1:" + port)
                        .pool("dns")
                        .options(ProxyOptions.builder().requests(1).responses(1).build()))
                .build();
        var answers = new LinkedHashMap<String, HashSet<String>>();
        try (var balancer = Steelyard.builder().plugins(Plugins.installed()).start(configuration)) {
            for (int host = 1; host <= CLIENTS; host++) {
                var client = "127.0.0." + host;
                var heard = new HashSet<String>();
                for (int i = 0; i < QUESTIONS; i++) {
                    heard.add(Dig.ask(client, "127.0.0.1", port));
                }
                answers.put(client, heard);
            }
            assertThat(balancer.status().listeners().getFirst().accepted()).isEqualTo(CLIENTS * QUESTIONS);
        }
        return answers;
    }
}

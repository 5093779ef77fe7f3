package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.name.ScriptedNameServer;
import io.steelyard.pool.HostNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers by a host name whose addresses change, or vanish, while a balancer runs. */
@Timeout(120)
class HostNameChangeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile List<InetAddress> answer = List.of();
    private int serverPort;
    private int port;

    @AfterEach
    void closeAll() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    private List<InetAddress> resolve(String host) throws UnknownHostException {
        questions.incrementAndGet();
        if (answer.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return answer;
    }

    /** Says its address, and goes on until its client has ended. */
    private void serve(String address, int at) throws IOException {
        var listening = new ServerSocket();
        opened.add(listening);
        listening.bind(new InetSocketAddress(address, at));
        serverPort = listening.getLocalPort();
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try {
                    var client = listening.accept();
                    Thread.ofVirtual().start(() -> say(client, address));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private static void say(Socket client, String text) {
        try (client) {
            client.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException gone) {
            // The balancer cut it.
        }
    }

    private void serveTwo() throws IOException {
        serve("127.0.0.1", 0);
        serve("127.0.0.2", serverPort);
    }

    private Configuration configuration() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = port == 0 ? free.getLocalPort() : port;
        }
        return Configuration.builder()
                .pool(ServerPool.builder("web")
                        .scheduler("listed-first")
                        .server(RealServer.of("servers.example:" + serverPort)))
                .virtualServer(
                        VirtualServer.tcp("front").listen("127.0.0.1:" + port).pool("web"))
                .build();
    }

    private LoadBalancer start(Duration every) throws IOException {
        var balancer = Engine.start(
                configuration(),
                Plugins.builder().register(new ListedFirst()).build(),
                List.of(events::add),
                this::resolve,
                every,
                false);
        opened.add(balancer);
        return balancer;
    }

    private Socket connect() throws IOException {
        var client = new Socket("127.0.0.1", port);
        opened.add(client);
        client.setSoTimeout(30_000);
        return client;
    }

    private static String line(Socket client) throws IOException {
        var line = new StringBuilder();
        for (int next = client.getInputStream().read();
                next >= 0 && next != '\n';
                next = client.getInputStream().read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private String ask() throws IOException {
        try (var client = connect()) {
            return line(client);
        }
    }

    private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
        var found = new ArrayList<InetAddress>();
        for (var text : texts) {
            found.add(InetAddress.getByName(text));
        }
        return found;
    }

    @Test
    void newAddressIsUsedAndTheConnectionOnTheOldOneGoesOn() throws Exception {
        serveTwo();
        answer = addresses("127.0.0.1");
        start(Duration.ofMillis(20));
        try (var old = connect()) {
            assertThat(line(old)).isEqualTo("127.0.0.1");
            answer = addresses("127.0.0.2");
            await().atMost(LONG).until(() -> ask().equals("127.0.0.2"));
            old.getOutputStream().write("still here\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(line(old)).isEqualTo("still here");
        }
    }

    @Test
    void nameThatVanishesKeepsItsLastAddressesAlsoWhenTheConfigurationIsAppliedAgain() throws Exception {
        serveTwo();
        answer = addresses("127.0.0.1");
        var balancer = start(Duration.ofMillis(20));
        answer = List.of();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(events)
                        .extracting(Event::toString)
                        .anyMatch(text -> text.contains("host name 'servers.example' has no address any more")));
        assertThat(ask()).isEqualTo("127.0.0.1");
        balancer.apply(configuration());
        assertThat(ask()).isEqualTo("127.0.0.1");
        answer = addresses("127.0.0.2");
        await().atMost(LONG).until(() -> ask().equals("127.0.0.2"));
        assertThat(events)
                .extracting(Event::toString)
                .filteredOn(text -> text.contains("has no address any more"))
                .hasSize(1);
    }

    @Test
    void answersInAnotherOrderChangeNothing() throws Exception {
        serveTwo();
        answer = addresses("127.0.0.1", "127.0.0.2");
        var balancer = start(Duration.ofMillis(20));
        assertThat(ask()).isEqualTo("127.0.0.1");
        answer = addresses("127.0.0.2", "127.0.0.1");
        int before = questions.get();
        await().atMost(LONG).until(() -> questions.get() > before + 3);
        assertThat(ask()).isEqualTo("127.0.0.1");
        assertThat(balancer.status().pools().getFirst().servers()).hasSize(2);
    }

    @Test
    void serversFollowWhatNameServersSayAsLongAsItHolds() throws Exception {
        serveTwo();
        var names = new ScriptedNameServer();
        opened.add(names);
        var named = RealServer.builder("servers.example:" + serverPort)
                .nameLookup(NameLookup.at(names.address()))
                .build();
        var plain = configuration();
        var configuration = plain.withPools(
                List.of(plain.pools().getFirst().toBuilder().build().withServers(List.of(named))));
        opened.add(Engine.start(
                configuration, Plugins.builder().register(new ListedFirst()).build(), List.of(events::add), false));
        assertThat(events)
                .extracting(Event::toString)
                .anyMatch(text -> text.contains("host name 'servers.example' has no address yet"));
        assertThat(ask()).isEmpty();
        names.address("servers.example", 1, "127.0.0.1");
        await().atMost(LONG).until(() -> ask().equals("127.0.0.1"));
        names.forget("servers.example");
        names.address("servers.example", 1_000, "127.0.0.2");
        await().atMost(LONG).until(() -> ask().equals("127.0.0.2"));
        int asked = names.questionsByUdp();
        names.forget("servers.example");
        names.address("servers.example", 1_000, "127.0.0.1");
        for (int i = 0; i < 20; i++) {
            assertThat(ask()).isEqualTo("127.0.0.2");
        }
        assertThat(names.questionsByUdp()).isEqualTo(asked);
    }

    @Test
    void answersOfNameServersAreKeptWhereTheyFailLater() throws Exception {
        var now = new AtomicLong();
        var known = new ArrayList<HostNames.Found>();
        known.add(new HostNames.Found(InetAddress.getByName("127.0.0.1"), 80, 0, 0));
        var told = new ArrayList<String>();
        var lookup = NameLookup.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53));
        var last = new LastAnswers(
                new HostNames.Resolver() {
                    @Override
                    public List<InetAddress> resolve(String host) {
                        throw new AssertionError("the system's resolver is asked");
                    }

                    @Override
                    public HostNames.Answer find(String host, int port, NameLookup whom) throws UnknownHostException {
                        questions.incrementAndGet();
                        if (known.isEmpty()) {
                            throw new UnknownHostException(host);
                        }
                        return new HostNames.Answer(known, Duration.ofSeconds(10));
                    }
                },
                told::add,
                now::get);
        var first = last.find("a.example", 80, lookup);
        now.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        assertThat(last.find("a.example", 80, lookup).validFor()).isEqualTo(Duration.ofNanos(1));
        assertThat(questions).hasValue(1);
        now.incrementAndGet();
        known.clear();
        var kept = last.find("a.example", 80, lookup);
        assertThat(kept.servers()).isEqualTo(first.servers());
        assertThat(kept.validFor()).isEqualTo(Duration.ofSeconds(5));
        assertThat(questions).hasValue(2);
        assertThat(told).singleElement().asString().contains("'a.example' has no address any more");
    }

    @Test
    void nameThatNeverHadAnAddressRefusesTheConfiguration() throws Exception {
        serveTwo();
        assertThatThrownBy(() -> start(Duration.ofHours(1)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("host name 'servers.example' has no address");
    }
}

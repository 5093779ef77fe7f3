package io.steelyard.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import io.steelyard.core.TestServer;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Local addresses and rates that are worked out for each connection. */
@Timeout(60)
class PerConnectionOptionsTest {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final BlockingQueue<SocketAddress> peers = new LinkedBlockingQueue<>();
    private final int port = FreePort.tcp();
    private final TestServer server = keep(TestServer.start(connection -> {
        peers.add(connection.getRemoteSocketAddress());
        connection.getOutputStream().write('x');
    }));

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void connectsFromTheSourcePort() throws Exception {
        int source = FreePort.tcp();
        start(ProxyOptions.builder().sourceAddress("127.0.0.77").sourcePort(source));

        assertThat(ask("127.0.0.1")).isEqualTo('x');

        assertThat(peer()).isEqualTo(new InetSocketAddress("127.0.0.77", source));
    }

    @Test
    void connectsFromTheAddressThatAVariableGives() throws Exception {
        start(ProxyOptions.builder().sourceText(Template.parse("$remote_addr")));

        assertThat(ask("127.0.0.55")).isEqualTo('x');
        assertThat(peer().getAddress().getHostAddress()).isEqualTo("127.0.0.55");

        assertThat(ask("127.0.0.56")).isEqualTo('x');
        assertThat(peer().getAddress().getHostAddress()).isEqualTo("127.0.0.56");
    }

    @Test
    void connectsFromTheAddressAndPortThatATextGives() throws Exception {
        int source = FreePort.tcp();
        start(ProxyOptions.builder().sourceText(Template.parse("127.0.0.78:" + source)));

        assertThat(ask("127.0.0.1")).isEqualTo('x');

        assertThat(peer()).isEqualTo(new InetSocketAddress("127.0.0.78", source));
    }

    @Test
    void aTextThatIsNoAddressLeavesTheChoiceToTheSystem() throws Exception {
        start(ProxyOptions.builder().sourceText(Template.parse("$protocol")));

        assertThat(ask("127.0.0.1")).isEqualTo('x');

        assertThat(peer().getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void anAddressOfAnotherFamilyIsToldAndNotHeldAgainstTheServer() throws Exception {
        var balancer = start(ProxyOptions.builder().sourceText(Template.parse("::1")));

        assertThat(ask("127.0.0.1")).isEqualTo(-1);

        await().untilAsserted(() -> assertThat(events).anyMatch(event -> event.contains("not of the server's family")));
        assertThat(balancer.status().pools().getFirst().servers().getFirst().failures())
                .isZero();
    }

    @Test
    void aForeignAddressIsBorrowedWhereTheSystemLetsUs() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "takes CAP_NET_ADMIN");
        start(ProxyOptions.builder().sourceText(Template.parse("$remote_addr")).transparent(true));

        assertThat(ask("127.0.0.57")).isEqualTo('x');

        assertThat(peer().getAddress().getHostAddress()).isEqualTo("127.0.0.57");
    }

    @Test
    void theClientsPortIsBorrowedTooWhateverItsFamily() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "takes CAP_NET_ADMIN");
        start(ProxyOptions.builder()
                .sourceText(Template.parse("[127.0.0.58]:$remote_port"))
                .transparent(true));

        assertThat(ask("127.0.0.57")).isEqualTo('x');

        assertThat(peer().getAddress().getHostAddress()).isEqualTo("127.0.0.58");
    }

    @Test
    void aRateMayBeWorkedOutForEachConnection() throws Exception {
        var sending =
                keep(TestServer.start(connection -> connection.getOutputStream().write(new byte[3_000])));
        start(sending, ProxyOptions.builder().downloadRateText(Template.parse("1k")));

        long begun = System.nanoTime();
        try (var client = connect("127.0.0.1")) {
            assertThat(client.getInputStream().readAllBytes()).hasSize(3_000);
        }
        // 1024 bytes are due at once, then 1024 with each second that begins: never sooner than two seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_900));
    }

    private LoadBalancer start(ProxyOptions.Builder options) {
        return start(server, options);
    }

    private LoadBalancer start(TestServer to, ProxyOptions.Builder options) {
        var balancer = Steelyard.builder()
                .plugins(ListedFirst.plugins())
                .onEvent(event -> events.add(event.toString()))
                .start(Configuration.builder()
                        .pool(ServerPool.builder("web")
                                .scheduler("listed-first")
                                .server(RealServer.of(to.address())))
                        .virtualServer(VirtualServer.tcp("front")
                                .listen("127.0.0.1:" + port)
                                .pool("web")
                                .options(options.build()))
                        .build());
        return keep(balancer);
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    private InetSocketAddress peer() throws InterruptedException {
        return (InetSocketAddress) peers.poll(30, TimeUnit.SECONDS);
    }

    private int ask(String from) throws IOException {
        try (var client = connect(from)) {
            return client.getInputStream().read();
        }
    }

    private Socket connect(String from) throws IOException {
        var client = new Socket("127.0.0.1", port, InetAddress.getByName(from), 0);
        client.setSoTimeout(30_000);
        return client;
    }
}

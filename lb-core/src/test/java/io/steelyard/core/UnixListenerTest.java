package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that come by UNIX sockets. */
@Timeout(120)
class UnixListenerTest {
    private static final String SAYING = "$remote_addr|$remote_port|$server_addr|$server_port|$proxy_protocol_addr";

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void place() {
        path = folder.resolve("lb.sock");
    }

    private ListenAddress listen() {
        return ListenAddress.of(UnixSocket.of(path.toString()));
    }

    private static Configuration of(VirtualServer.Builder server, ServerPool... pools) {
        var configuration = Configuration.builder().settings(new Settings(3, Duration.ofSeconds(5), 0));
        List.of(pools).forEach(configuration::pool);
        return configuration.virtualServer(server.build()).build();
    }

    private static VirtualServer.Builder saying(ListenAddress listen) {
        return VirtualServer.tcp("a").listen(listen).target(new Target.Reply(Template.parse(SAYING)));
    }

    private static LoadBalancer start(Configuration configuration) {
        return Steelyard.builder().start(configuration);
    }

    /** What a client gets until the end. */
    private String ask(String say) throws IOException {
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap(say.getBytes(StandardCharsets.US_ASCII)));
            return rest(client);
        }
    }

    private static String rest(SocketChannel from) throws IOException {
        var all = new StringBuilder();
        var buffer = ByteBuffer.allocate(4_096);
        while (from.read(buffer) >= 0) {
            all.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            buffer.clear();
        }
        return all.toString();
    }

    @Test
    void clientsHaveNoAddressAndEveryLoopTakesThem() throws IOException {
        try (var balancer = start(of(saying(listen())))) {
            for (int i = 0; i < 50; i++) {
                assertThat(ask("")).isEqualTo("unix:||unix:" + path + "||");
            }
            assertThat(balancer.status().listeners().getFirst().accepted()).isEqualTo(50);
            assertThat(balancer.status().listeners().getFirst().addresses()).containsExactly("unix:" + path);
        }
    }

    @Test
    void fileIsRemovedAtTheEndAndByAConfigurationWithoutIt() {
        try (var balancer = start(of(saying(listen())))) {
            assertThat(path).exists();
            balancer.apply(Configuration.builder().build());
            assertThat(path).doesNotExist();
            balancer.apply(of(saying(listen())));
            assertThat(path).exists();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void fileThatAnotherPutThereStays() throws IOException {
        try (var balancer = start(of(saying(listen())))) {
            assertThat(balancer.status().listeners()).hasSize(1);
            Files.delete(path);
            Files.writeString(path, "not ours");
        }
        assertThat(path).hasContent("not ours");
    }

    @Test
    void socketOfADeadProcessIsReplaced() throws IOException {
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (var balancer = start(of(saying(listen())))) {
            assertThat(ask("")).startsWith("unix:|");
            assertThat(balancer.status().listeners()).hasSize(1);
        }
    }

    @Test
    void socketOfALivingProcessIsRefused() throws IOException {
        try (var living = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            living.bind(UnixDomainSocketAddress.of(path));
            assertThatThrownBy(() -> start(of(saying(listen()))))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("another program listens there");
            assertThat(path).exists();
        }
    }

    @Test
    void fileThatIsNoSocketIsLeftAlone() throws IOException {
        Files.writeString(path, "text");
        assertThatThrownBy(() -> start(of(saying(listen()))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no socket");
        assertThat(path).hasContent("text");
    }

    @Test
    void fileHasItsRightsFromTheBeginningAndOthersByAChange() throws IOException {
        var owner = Files.getOwner(folder).getName();
        var first = new UnixSocket(path.toString(), 0600, owner, "");
        try (var balancer = start(of(saying(ListenAddress.of(first))))) {
            assertThat(rights()).isEqualTo("rw-------");
            assertThat(Files.getOwner(path).getName()).isEqualTo(owner);
            balancer.apply(of(saying(ListenAddress.of(new UnixSocket(path.toString(), 0666, "", "")))));
            assertThat(rights()).isEqualTo("rw-rw-rw-");
        }
        var unknown = new UnixSocket(path.toString(), -1, "nobody-is-called-this", "");
        assertThatThrownBy(() -> start(of(saying(ListenAddress.of(unknown)))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there is no user 'nobody-is-called-this'");
        assertThat(path).doesNotExist();
    }

    private String rights() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void changedConfigurationKeepsTheSocket() throws IOException {
        try (var balancer = start(of(saying(listen())))) {
            var before = Files.getAttribute(path, "unix:ino");
            // It waits in the queue of a socket, which must be the same afterwards.
            try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                balancer.apply(of(VirtualServer.tcp("a")
                        .listen(listen())
                        .listen(ListenAddress.of(
                                UnixSocket.of("@lb-test-" + path.getParent().getFileName())))
                        .target(new Target.Reply(Template.parse("other")))));
                assertThat(Files.getAttribute(path, "unix:ino")).isEqualTo(before);
                assertThat(rest(client)).isIn("other", "unix:||unix:" + path + "||");
            }
            assertThat(ask("")).isEqualTo("other");
        }
    }

    @Test
    void namesInTheAbstractNamespaceAreNoFiles() {
        var name = "lb-test-" + ProcessHandle.current().pid() + "-" + folder.getFileName();
        try (var balancer = start(of(saying(ListenAddress.of(UnixSocket.of("@" + name)))))) {
            int fd = Linux.unixStreamSocket();
            try {
                var remote = SocketAddressBuffer.allocate();
                remote.setAbstract(name);
                assertThat(Linux.connect(fd, remote)).isZero();
            } finally {
                Linux.close(fd);
            }
            assertThat(balancer.status().listeners().getFirst().addresses()).containsExactly("unix:@" + name);
            assertThatThrownBy(() -> start(of(saying(ListenAddress.of(UnixSocket.of("@" + name))))))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("another program has it");
        }
    }

    @Test
    void rulesAboutAddressesTakeThemForTheUnspecifiedOne() throws IOException {
        var nobody = saying(listen())
                .access(AccessRule.parse(false, "10.0.0.0/8"))
                .access(AccessRule.parse(false, "::/128"));
        try (var balancer = start(of(nobody))) {
            assertThat(ask("")).isEmpty();
            balancer.apply(of(saying(listen())
                    .access(AccessRule.parse(true, "::/128"))
                    .access(AccessRule.parse(false, "0.0.0.0/0"))
                    .access(AccessRule.parse(false, "::/0"))));
            assertThat(ask("")).startsWith("unix:|");
            balancer.apply(of(saying(listen()).access(AccessRule.parse(false, "fe80::/10"))));
            assertThat(ask("")).startsWith("unix:|");
        }
    }

    @Test
    void trustedPeerNamesTheClient() throws IOException {
        var header = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n";
        var trusting = ProxyOptions.builder()
                .trustedProxies(List.of(Network.parse("::/128")))
                .build();
        try (var balancer = start(of(saying(listen().proxyProtocol(true)).options(trusting)))) {
            assertThat(ask(header)).isEqualTo("192.0.2.7|4711|unix:" + path + "||192.0.2.7");
            balancer.apply(of(saying(listen().proxyProtocol(true))));
            assertThat(ask(header)).isEqualTo("unix:||unix:" + path + "||192.0.2.7");
        }
    }

    @Test
    void serversAreToldOfNobody() throws Exception {
        assertThat(toldOf(ProxyProtocol.V1)).isEqualTo("PROXY UNKNOWN\r\nhello");
        // LOCAL, of no family (specification of the PROXY protocol, section 2.2).
        assertThat(toldOf(ProxyProtocol.V2)).isEqualTo("\r\n\r\n\0\r\nQUIT\n \0\0\0hello");
    }

    private String toldOf(ProxyProtocol version) throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var received = CompletableFuture.supplyAsync(() -> {
                try (var accepted = server.accept()) {
                    return new String(accepted.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
            var pool = ServerPool.builder("web")
                    .scheduler(SchedulerSpec.of("listed-first"))
                    .server(RealServer.of("127.0.0.1:" + server.getLocalPort()))
                    .build();
            var front = VirtualServer.tcp("a")
                    .listen(listen())
                    .pool("web")
                    .options(ProxyOptions.builder().sendProxyProtocol(version).build());
            try (var balancer =
                    Steelyard.builder().plugins(ListedFirst.plugins()).start(of(front, pool))) {
                assertThat(balancer.status().listeners()).hasSize(1);
                try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                    client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
                    client.shutdownOutput();
                    return received.get(30, TimeUnit.SECONDS);
                }
            }
        }
    }

    @Test
    void datagramsAndPacketsAreNotTakenFromThem() {
        assertThatThrownBy(() ->
                        start(of(VirtualServer.udp("a").listen(listen()).target(new Target.Reply(Template.parse(""))))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("TCP servers that are proxied only");
    }
}

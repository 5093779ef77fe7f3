package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamSocketTest {
    private final Loopback loopback = new Loopback();
    private final SocketAddressBuffer peer = SocketAddressBuffer.allocate();
    private final MemorySegment memory = Arena.ofAuto().allocate(64, 8);

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void acceptGivesThePeersAddress() {
        for (var address : new java.net.InetAddress[] {Loopback.IPV4, Loopback.IPV6}) {
            int listener = loopback.listener(address);
            int client = loopback.own(Linux.tcpSocket(address == Loopback.IPV6));
            assertThat(Linux.connect(client, Loopback.local(listener))).isIn(0, -Errno.EINPROGRESS);
            Loopback.await(listener, Linux.POLLIN);

            int server = loopback.own(Linux.accept(listener, peer));

            assertThat(peer.inetSocketAddress())
                    .isEqualTo(Loopback.local(client).inetSocketAddress());
            assertThat(peer.inetAddress()).isEqualTo(address);
            var seenByServer = SocketAddressBuffer.allocate();
            assertThat(Linux.peerAddress(server, seenByServer)).isZero();
            assertThat(seenByServer.toString()).isEqualTo(peer.toString());
            loopback.send(client, "hello");
            assertThat(loopback.receive(server)).isEqualTo("hello");
        }
    }

    @Test
    void nothingToAcceptOrReadIsEagain() {
        int listener = loopback.listener(Loopback.IPV4);
        assertThat(Linux.accept(listener, peer)).isEqualTo(-Errno.EAGAIN);
        int client = loopback.pair()[0];
        assertThat(Linux.recv(client, memory, 0, 64)).isEqualTo(-Errno.EAGAIN);
        assertThat(Linux.recv(client, memory, 0, 64, Linux.MSG_DONTWAIT)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void readsAndWritesAtAnOffset() {
        int[] pair = loopback.pair();
        memory.setString(8, "abc");
        assertThat(Linux.write(pair[0], memory, 8, 3)).isEqualTo(3);
        assertThat(loopback.receive(pair[1])).isEqualTo("abc");
        loopback.send(pair[1], "xyz");
        Loopback.await(pair[0], Linux.POLLIN);
        assertThat(Linux.recv(pair[0], memory, 16, 2, Linux.MSG_PEEK)).isEqualTo(2);
        assertThat(Linux.read(pair[0], memory, 16, 8)).isEqualTo(3);
        assertThat(Loopback.text(memory.asSlice(16), 3)).isEqualTo("xyz");
    }

    @Test
    void twoPiecesLeaveInOneWrite() {
        int[] pair = loopback.pair();
        var body = Arena.ofAuto().allocateFrom("body");
        memory.setString(4, "head ");
        assertThat(Linux.write(pair[0], memory, 4, 5, body, 0, 4)).isEqualTo(9);
        assertThat(loopback.receive(pair[1])).isEqualTo("head body");
    }

    @Test
    void memoryThatIsNotThereIsRefusedBeforeTheKernelSeesIt() {
        int client = loopback.pair()[0];
        assertThatThrownBy(() -> Linux.recv(client, memory, 60, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Linux.send(client, MemorySegment.ofArray(new byte[8]), 0, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Java heap");
        var arena = Arena.ofConfined();
        var freed = arena.allocate(8);
        arena.close();
        assertThatThrownBy(() -> Linux.send(client, freed, 0, 8)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aConnectionNobodyWantsIsRefused() {
        int listener = loopback.listener(Loopback.IPV4);
        var address = Loopback.local(listener);
        loopback.close(listener);
        int client = loopback.own(Linux.tcpSocket(false));
        int result = Linux.connect(client, address);
        if (result == -Errno.EINPROGRESS) {
            Loopback.await(client, Linux.POLLOUT);
            result = -Linux.socketError(client);
        }
        assertThat(Errno.text(result)).isEqualTo("ECONNREFUSED: connection refused");
        assertThat(Linux.socketError(client)).as("the error is reported once").isZero();
    }

    @Test
    void anAddressInUseIsRefusedUnlessBothShareThePort() {
        int first = loopback.own(Linux.tcpSocket(false));
        Loopback.ok(Linux.reusePort(first));
        Loopback.ok(Linux.bind(first, Loopback.at(Loopback.IPV4, 0)));
        Loopback.ok(Linux.listen(first, 1));
        var address = Loopback.local(first);

        int second = loopback.own(Linux.tcpSocket(false));
        assertThat(Errno.text(Linux.bind(second, address))).isEqualTo("EADDRINUSE: address already in use");
        Loopback.ok(Linux.reusePort(second));
        assertThat(Linux.bind(second, address)).isZero();
    }

    @Test
    void aLocalAddressOfAnotherMachineIsRefused() {
        int fd = loopback.own(Linux.tcpSocket(false));
        assertThat(Linux.bind(fd, Loopback.at(Loopback.address("203.0.113.7"), 0)))
                .isEqualTo(-Errno.EADDRNOTAVAIL);
    }

    @Test
    void aConnectionClosedWithoutLingeringIsReset() {
        int[] pair = loopback.pair();
        Loopback.ok(Linux.resetOnClose(pair[0]));
        loopback.close(pair[0]);
        Loopback.await(pair[1], Linux.POLLIN);
        assertThat(Linux.recv(pair[1], memory, 0, 8)).isEqualTo(-Errno.ECONNRESET);
        assertThat(Linux.send(pair[1], memory, 0, 8)).isEqualTo(-Errno.EPIPE);
    }

    @Test
    void aHalfClosedConnectionStillCarriesTheOtherDirection() {
        int[] pair = loopback.pair();
        loopback.send(pair[0], "last");
        Loopback.ok(Linux.shutdownWrite(pair[0]));
        assertThat(loopback.receive(pair[1])).isEqualTo("last");
        assertThat(loopback.receive(pair[1])).isEmpty();
        loopback.send(pair[1], "answer");
        assertThat(loopback.receive(pair[0])).isEqualTo("answer");
        assertThat(Linux.send(pair[0], memory, 0, 1)).isEqualTo(-Errno.EPIPE);
        Loopback.ok(Linux.shutdownRead(pair[0]));
        assertThat(loopback.receive(pair[0])).isEmpty();
    }

    @Test
    void unixSocketsConnectByPath(@TempDir Path folder) {
        var path = folder.resolve("s").toString();
        peer.setUnix(path);
        int listener = loopback.own(Linux.unixStreamSocket());
        Loopback.ok(Linux.bind(listener, peer));
        Loopback.ok(Linux.listen(listener, 1));
        int client = loopback.own(Linux.unixStreamSocket());
        assertThat(Linux.connect(client, peer)).isZero();
        var from = SocketAddressBuffer.allocate();
        int server = loopback.own(Linux.accept(listener, from));

        assertThat(from.family()).isEqualTo(AddressFamily.UNIX);
        assertThat(from.unixPath()).as("the client bound no path").isEmpty();
        assertThat(Loopback.local(server).toString()).isEqualTo("unix:" + path);
        loopback.send(client, "ping");
        assertThat(loopback.receive(server)).isEqualTo("ping");

        loopback.close(listener);
        int late = loopback.own(Linux.unixStreamSocket());
        assertThat(Linux.connect(late, peer)).isEqualTo(-Errno.ECONNREFUSED);
        peer.setUnix(folder.resolve("nobody").toString());
        assertThat(Linux.connect(late, peer)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void aUnixPathThatMayNotBeWrittenIsRefused(@TempDir Path folder) throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        peer.setUnix(file + "/s");
        int fd = loopback.own(Linux.unixDatagramSocket());
        assertThat(Errno.text(Linux.bind(fd, peer))).isEqualTo("ENOTDIR: not a directory");
    }

    @Test
    void optionsAreKept() {
        int fd = loopback.own(Linux.tcpSocket(false));
        int ipv6 = loopback.own(Linux.tcpSocket(true));
        Loopback.ok(Linux.tcpNoDelay(fd));
        Loopback.ok(Linux.keepAlive(fd));
        Loopback.ok(Linux.reuseAddress(fd));
        Loopback.ok(Linux.bindAddressNoPort(fd));
        Loopback.ok(Linux.tcpUserTimeout(fd, 12_345));
        Loopback.ok(Linux.set(fd, SocketOption.SO_RCVBUF, 20_000));
        Loopback.ok(Linux.set(fd, SocketOption.TCP_DEFER_ACCEPT, 1));
        Loopback.ok(Linux.set(fd, SocketOption.TCP_FASTOPEN, 5));
        Loopback.ok(Linux.ipv6Only(ipv6, true));

        assertThat(Linux.get(fd, SocketOption.TCP_NODELAY)).isOne();
        assertThat(Linux.get(fd, SocketOption.SO_KEEPALIVE)).isOne();
        assertThat(Linux.get(fd, SocketOption.SO_REUSEADDR)).isOne();
        assertThat(Linux.get(fd, SocketOption.IP_BIND_ADDRESS_NO_PORT)).isOne();
        assertThat(Linux.get(fd, SocketOption.TCP_USER_TIMEOUT)).isEqualTo(12_345);
        assertThat(Linux.get(fd, SocketOption.SO_RCVBUF))
                .as("the kernel doubles it")
                .isEqualTo(40_000);
        assertThat(Linux.get(fd, SocketOption.TCP_DEFER_ACCEPT)).isOne();
        assertThat(Linux.get(fd, SocketOption.TCP_FASTOPEN)).isEqualTo(5);
        assertThat(Linux.get(ipv6, SocketOption.IPV6_V6ONLY)).isOne();
        Loopback.ok(Linux.ipv6Only(ipv6, false));
        assertThat(Linux.get(ipv6, SocketOption.IPV6_V6ONLY)).isZero();
        assertThat(Linux.get(fd, SocketOption.SO_ACCEPTCONN)).isZero();
        assertThat(Linux.set(fd, SocketOption.UDP_GRO, 1)).isEqualTo(-Errno.ENOPROTOOPT);
        assertThat(Linux.linger(fd, 3)).isZero();
        assertThat(Linux.linger(fd, -1)).isZero();
    }

    @Test
    void aDescriptorThatIsNotOpenIsNamed() {
        int fd = (int) Loopback.ok(Linux.tcpSocket(false));
        assertThat(Linux.close(fd)).isZero();
        assertThat(Linux.get(1 << 20, SocketOption.SO_ERROR)).isEqualTo(-Errno.EBADF);
        assertThatThrownBy(() -> Errno.check(Linux.listen(1 << 20, 1), "listen on 10.0.0.1:80"))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF))
                .hasMessage("listen on 10.0.0.1:80: EBADF: not an open file descriptor");
    }

    @Test
    void eventsAreReadableWhileCounted() {
        int fd = loopback.own(Linux.eventfd());
        assertThat(Linux.poll(fd, Linux.POLLIN, 0)).isZero();
        memory.set(Libc.NATIVE_LONG, 0, 3);
        assertThat(Linux.write(fd, memory, 0, 8)).isEqualTo(8);
        assertThat(Linux.poll(fd, Linux.POLLIN | Linux.POLLOUT, 0)).isEqualTo(Linux.POLLIN | Linux.POLLOUT);
        assertThat(Linux.read(fd, memory, 8, 8)).isEqualTo(8);
        assertThat(memory.get(Libc.NATIVE_LONG, 8)).isEqualTo(3);
        assertThat(Linux.read(fd, memory, 0, 8)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void addressesComeBackAsTheyWereSet() {
        peer.set(Loopback.address("192.0.2.1"), 65_535);
        assertThat(peer.addressHigh()).isZero();
        assertThat(peer.addressLow()).isEqualTo(0xFFFF_C000_0201L);
        assertThat(peer.toString()).isEqualTo("192.0.2.1:65535");
        assertThat(peer.inetSocketAddress()).isEqualTo(new InetSocketAddress("192.0.2.1", 65_535));

        peer.setIpv6(0, 0xFFFF_C000_0201L, 53);
        assertThat(peer.family()).isEqualTo(AddressFamily.IPV6);
        assertThat(peer.isIpv4()).isTrue();
        assertThat(peer.toString()).isEqualTo("192.0.2.1:53");

        peer.set(0, 0xFFFF_C000_0201L, 53);
        assertThat(peer.family()).isEqualTo(AddressFamily.IPV4);

        peer.set(Loopback.address("2001:db8::7"), 1);
        assertThat(peer.addressHigh()).isEqualTo(0x2001_0DB8_0000_0000L);
        assertThat(peer.addressLow()).isEqualTo(7);
        assertThat(peer.toString()).isEqualTo("[2001:db8:0:0:0:0:0:7]:1");

        peer.set(Loopback.address("fe80::1%1"), 9);
        assertThat(peer.scope()).isOne();
        var copy = SocketAddressBuffer.allocate();
        copy.set(peer);
        assertThat(copy.inetSocketAddress()).isEqualTo(peer.inetSocketAddress());
        copy.clear();
        assertThat(copy.toString()).isEqualTo("none");
        assertThat(copy.port()).isZero();

        assertThatThrownBy(() -> peer.set(0, 0, 70_000)).hasMessage("port 70000 is out of range; expected 0 to 65535");
        assertThatThrownBy(() -> peer.setUnix("x".repeat(108))).hasMessageContaining("108 bytes long");
        assertThatThrownBy(copy::inetAddress).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void errorsAreNamed() {
        assertThat(Errno.text(-Errno.EACCES)).isEqualTo("EACCES: permission denied");
        assertThat(Errno.name(Errno.EADDRINUSE)).isEqualTo("EADDRINUSE");
        assertThat(Errno.reason(Errno.EMFILE)).isEqualTo("too many open files in this process");
        assertThat(Errno.name(-4_000)).isEqualTo("errno 4000");
        assertThat(Errno.isTransient(-Errno.EAGAIN)).isTrue();
        assertThat(Errno.isTransient(Errno.EPIPE)).isFalse();
    }
}

package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatagramBatchTest {
    private final Loopback loopback = new Loopback();
    private final DatagramBatch out = DatagramBatch.allocate(8, 2_048);
    private final DatagramBatch in = DatagramBatch.allocate(8, 2_048);

    @AfterEach
    void close() {
        loopback.close();
    }

    /** Receives until {@code wanted} datagrams are in the batch's first slots. */
    private static void receiveAll(DatagramBatch batch, int fd, int wanted) {
        for (int count = 0; count < wanted; ) {
            Loopback.await(fd, Linux.POLLIN);
            count += (int) Loopback.ok(batch.receive(fd, count, batch.slots() - count));
        }
    }

    @Test
    void manyDatagramsLeaveAndArriveInOneCall() {
        for (var address : new InetAddress[] {Loopback.IPV4, Loopback.IPV6}) {
            int sender = loopback.udp(address);
            int receiver = loopback.udp(address);
            for (int slot = 0; slot < 5; slot++) {
                out.clearLocal(slot);
                out.peer(slot).set(Loopback.local(receiver));
                Loopback.put(out, slot, "datagram " + slot);
            }
            assertThat(out.send(sender, 0, 5)).isEqualTo(5);
            receiveAll(in, receiver, 5);
            for (int slot = 0; slot < 5; slot++) {
                assertThat(Loopback.text(in, slot)).isEqualTo("datagram " + slot);
                assertThat(in.peer(slot).toString())
                        .isEqualTo(Loopback.local(sender).toString());
                assertThat(in.isTruncated(slot)).isFalse();
                assertThat(in.hasLocal(slot)).isFalse();
            }
            assertThat(in.receive(receiver)).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void whatWasReceivedCanBeSentBackAsItLies() {
        int client = loopback.udp(Loopback.IPV4);
        int server = loopback.udp(Loopback.IPV4);
        out.peer(0).set(Loopback.local(server));
        Loopback.put(out, 0, "echo");
        assertThat(out.sendOne(client, 0)).isEqualTo(4);
        Loopback.await(server, Linux.POLLIN);
        assertThat(in.receiveOne(server, 3)).isEqualTo(4);
        assertThat(in.send(server, 3, 1)).isOne();
        Loopback.await(client, Linux.POLLIN);
        assertThat(out.receive(client)).isOne();
        assertThat(Loopback.text(out, 0)).isEqualTo("echo");
        assertThat(out.peer(0).toString()).isEqualTo(Loopback.local(server).toString());
    }

    @Test
    void theLocalAddressIsToldAndCanBeChosen() {
        int server = loopback.own(Linux.udpSocket(false));
        Loopback.ok(Linux.set(server, SocketOption.IP_PKTINFO, 1));
        Loopback.ok(Linux.bind(server, Loopback.at(Loopback.address("0.0.0.0"), 0)));
        int client = loopback.udp(Loopback.IPV4);
        out.peer(0).set(Loopback.address("127.0.0.2"), Loopback.local(server).port());
        Loopback.put(out, 0, "to .2");
        assertThat(out.send(client, 0, 1)).isOne();
        receiveAll(in, server, 1);

        assertThat(in.hasLocal(0)).isTrue();
        assertThat(in.localHigh(0)).isZero();
        assertThat(in.localLow(0)).isEqualTo(0xFFFF_7F00_0002L);
        assertThat(in.localInterface(0)).isPositive();

        in.local(0, 0, 0xFFFF_7F00_0003L, 0);
        assertThat(in.send(server, 0, 1)).isOne();
        Loopback.await(client, Linux.POLLIN);
        assertThat(out.receive(client)).isOne();
        assertThat(out.peer(0).inetAddress()).isEqualTo(Loopback.address("127.0.0.3"));

        in.clearLocal(0);
        assertThat(in.send(server, 0, 1)).isOne();
        Loopback.await(client, Linux.POLLIN);
        assertThat(out.receive(client)).isOne();
        assertThat(out.peer(0).inetAddress()).isEqualTo(Loopback.IPV4);
    }

    @Test
    void aSocketOfBothFamiliesTellsAndChoosesMappedAddresses() {
        int server = loopback.own(Linux.udpSocket(true));
        Loopback.ok(Linux.ipv6Only(server, false));
        Loopback.ok(Linux.set(server, SocketOption.IPV6_RECVPKTINFO, 1));
        Loopback.ok(Linux.bind(server, Loopback.at(Loopback.address("::"), 0)));
        int port = Loopback.local(server).port();
        int ipv4 = loopback.udp(Loopback.IPV4);
        int ipv6 = loopback.udp(Loopback.IPV6);
        out.peer(0).set(Loopback.address("127.0.0.9"), port);
        Loopback.put(out, 0, "four");
        assertThat(out.send(ipv4, 0, 1)).isOne();
        receiveAll(in, server, 1);
        assertThat(in.localHigh(0)).isZero();
        assertThat(in.localLow(0)).isEqualTo(0xFFFF_7F00_0009L);
        assertThat(in.peer(0).isIpv4()).isTrue();
        in.local(0, in.localHigh(0), in.localLow(0), 0);
        assertThat(in.send(server, 0, 1)).isOne();
        Loopback.await(ipv4, Linux.POLLIN);
        assertThat(out.receive(ipv4)).isOne();
        assertThat(out.peer(0).inetAddress()).isEqualTo(Loopback.address("127.0.0.9"));

        out.peer(0).set(Loopback.IPV6, port);
        Loopback.put(out, 0, "six");
        assertThat(out.send(ipv6, 0, 1)).isOne();
        receiveAll(in, server, 1);
        assertThat(in.localLow(0)).isOne();
        in.local(0, in.localHigh(0), in.localLow(0), in.localInterface(0));
        assertThat(in.send(server, 0, 1)).isOne();
        Loopback.await(ipv6, Linux.POLLIN);
        assertThat(out.receive(ipv6)).isOne();
        assertThat(Loopback.text(out, 0)).isEqualTo("six");
    }

    @Test
    void aConnectedSocketNeedsNoPeerAndHearsOfRefusal() {
        int server = loopback.udp(Loopback.IPV4);
        int client = loopback.own(Linux.udpSocket(false));
        Loopback.ok(Linux.connect(client, Loopback.local(server)));
        out.peer(0).clear();
        Loopback.put(out, 0, "first");
        assertThat(out.send(client, 0, 1)).isOne();
        assertThat(loopback.receive(server)).isEqualTo("first");

        loopback.close(server);
        assertThat(out.send(client, 0, 1)).isOne();
        assertThat(Loopback.await(client, Linux.POLLIN) & Linux.POLLERR).isNotZero();
        assertThat(in.receive(client)).isEqualTo(-Errno.ECONNREFUSED);
    }

    @Test
    void theLargestDatagramArrivesWholeAndALongerOneThanTheBufferIsMarked() {
        int sender = loopback.udp(Loopback.IPV4);
        int receiver = loopback.udp(Loopback.IPV4);
        var large = DatagramBatch.allocate(2, DatagramBatch.MAX_DATAGRAM_BYTES);
        int most = 65_507;
        for (int i = 0; i < 2; i++) {
            large.buffer(0).set(java.lang.foreign.ValueLayout.JAVA_BYTE, most - 1, (byte) 77);
            large.lengthBytes(0, most);
            large.peer(0).set(Loopback.local(receiver));
            assertThat(large.send(sender, 0, 1)).isOne();
            Loopback.await(receiver, Linux.POLLIN);
            var batch = i == 0 ? large : in;
            assertThat(batch.receive(receiver)).isOne();
            assertThat(batch.isTruncated(0)).isEqualTo(i == 1);
            assertThat(batch.lengthBytes(0)).isEqualTo(i == 0 ? most : 2_048);
        }
        large.peer(0).set(Loopback.local(receiver));
        large.lengthBytes(0, 65_508);
        assertThat(large.send(sender, 0, 1)).isEqualTo(-Errno.EMSGSIZE);
        assertThatThrownBy(() -> large.lengthBytes(0, 65_536)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anEmptyDatagramIsADatagram() {
        int sender = loopback.udp(Loopback.IPV4);
        int receiver = loopback.udp(Loopback.IPV4);
        out.peer(0).set(Loopback.local(receiver));
        out.lengthBytes(0, 0);
        assertThat(out.send(sender, 0, 1)).isOne();
        receiveAll(in, receiver, 1);
        assertThat(in.lengthBytes(0)).isZero();
    }

    @Test
    void moreThanTheSlotsHoldWaitsForTheNextCall() {
        int sender = loopback.udp(Loopback.IPV4);
        int receiver = loopback.udp(Loopback.IPV4);
        for (int slot = 0; slot < 8; slot++) {
            out.peer(slot).set(Loopback.local(receiver));
            Loopback.put(out, slot, "" + slot);
        }
        assertThat(out.send(sender, 0, 8)).isEqualTo(8);
        Loopback.await(receiver, Linux.POLLIN);
        assertThat(in.receive(receiver, 0, 3)).isEqualTo(3);
        assertThat(in.receive(receiver)).isEqualTo(5);
        assertThat(Loopback.text(in, 0)).isEqualTo("3");
        assertThatThrownBy(() -> in.receive(receiver, 4, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DatagramBatch.allocate(0, 1)).hasMessageContaining("expected 1 to 1024");
    }
}

package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of the data path leave nothing for the garbage collector. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 2_000;

    private final Loopback loopback = new Loopback();
    private final MemorySegment memory = Arena.ofAuto().allocate(1_024, 8);

    @AfterEach
    void close() {
        loopback.close();
    }

    /** Bytes one run allocates, the compiled code's: the least of a few attempts, as compilation may still be going on. */
    private static double bytesEach(Runnable operation) {
        for (int i = 0; i < WARM_UP; i++) {
            operation.run();
        }
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 10 && least > 0; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MEASURED; i++) {
                operation.run();
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) MEASURED);
        }
        return least;
    }

    @Test
    void sendingAndReceivingAllocatesNothing() {
        int[] pair = loopback.pair();
        assertThat(bytesEach(() -> {
                    Loopback.ok(Linux.send(pair[0], memory, 8, 512));
                    while (Linux.recv(pair[1], memory, 0, 512) < 0) {
                        Thread.onSpinWait();
                    }
                }))
                .isZero();
    }

    @Test
    void splicingAllocatesNothing() {
        long pipe = Loopback.ok(Linux.pipe());
        int readEnd = loopback.own((int) (pipe >>> 32));
        int writeEnd = loopback.own((int) pipe);
        int[] in = loopback.pair();
        int[] out = loopback.pair();
        assertThat(bytesEach(() -> {
                    Loopback.ok(Linux.send(in[0], memory, 0, 512));
                    while (Linux.splice(in[1], writeEnd, 512) < 0) {
                        Thread.onSpinWait();
                    }
                    Loopback.ok(Linux.splice(readEnd, out[0], 512));
                    while (Linux.recv(out[1], memory, 0, 512) < 0) {
                        Thread.onSpinWait();
                    }
                }))
                .isZero();
    }

    @Test
    void connectingAcceptingSettingOptionsAndClosingAllocatesNothing() {
        int listener = loopback.listener(Loopback.IPV4);
        var address = Loopback.local(listener);
        var peer = SocketAddressBuffer.allocate();
        assertThat(bytesEach(() -> {
                    int client = (int) Loopback.ok(Linux.tcpSocket(false));
                    int connected = Linux.connect(client, address);
                    int server;
                    while ((server = Linux.accept(listener, peer)) < 0) {
                        Thread.onSpinWait();
                    }
                    Linux.tcpNoDelay(server);
                    Linux.resetOnClose(server);
                    if (peer.addressLow() + peer.port() + connected + Linux.socketError(server) == 0) {
                        throw new AssertionError();
                    }
                    Linux.close(server);
                    Linux.close(client);
                }))
                .isZero();
    }

    @Test
    void datagramBatchesAllocateNothing() {
        int client = loopback.udp(Loopback.IPV4);
        int server = loopback.own(Linux.udpSocket(false));
        Loopback.ok(Linux.set(server, SocketOption.IP_PKTINFO, 1));
        Loopback.ok(Linux.bind(server, Loopback.at(Loopback.address("0.0.0.0"), 0)));
        int port = Loopback.local(server).port();
        var out = DatagramBatch.allocate(4, 512);
        var in = DatagramBatch.allocate(4, 512);
        assertThat(bytesEach(() -> {
                    for (int slot = 0; slot < 4; slot++) {
                        out.peer(slot).set(0, 0xFFFF_7F00_0002L, port);
                        out.clearLocal(slot);
                        out.lengthBytes(slot, 100);
                    }
                    Loopback.ok(out.send(client, 0, 4));
                    for (int left = 4; left > 0; ) {
                        int count = in.receive(server);
                        for (int slot = 0; slot < count; slot++) {
                            in.local(slot, in.localHigh(slot), in.localLow(slot), in.localInterface(slot));
                        }
                        if (count > 0) {
                            Loopback.ok(in.send(server, 0, count));
                            left -= count;
                        }
                    }
                    for (int left = 4; left > 0; ) {
                        left -= Math.max(out.receive(client), 0);
                    }
                }))
                .isZero();
    }
}

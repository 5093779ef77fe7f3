package io.steelyard.tck;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of loopback for programs that are to listen on a number they are told. They are below those that a system gives to whoever asks for any, so
 * that no client and no server of a test gets one between our asking and its use; and none is given twice. Safe for all threads.
 */
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int COUNT = 20_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePort() {}

    @FunctionalInterface
    private interface Binding {
        AutoCloseable bind(InetSocketAddress address) throws IOException;
    }

    /** One of TCP. */
    public static int tcp() {
        return next(address -> new ServerSocket(address.getPort(), 1, address.getAddress()));
    }

    /** One of UDP. */
    public static int udp() {
        return next(DatagramSocket::new);
    }

    private static int next(Binding binding) {
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            try (var bound = binding.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                return port;
            } catch (Exception taken) {
                // The next one.
            }
        }
        throw new IllegalStateException("no port from " + FIRST + " to " + (FIRST + COUNT - 1) + " is free");
    }
}

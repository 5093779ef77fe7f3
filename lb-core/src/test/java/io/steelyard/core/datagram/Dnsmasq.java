package io.steelyard.core.datagram;

import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A dnsmasq of its own on loopback that gives one address for {@link #NAME}. */
final class Dnsmasq implements AutoCloseable {
    static final Path PROGRAM = Path.of("/usr/sbin/dnsmasq");
    static final String NAME = "name.example";
    private static final int ATTEMPTS = 5;

    private final Process process;
    private final int port;

    private Dnsmasq(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one and waits until it answers. Another program may take the port meanwhile: then another port is tried. */
    static Dnsmasq answering(String address) throws IOException, InterruptedException {
        String said = "";
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = FreePort.udp();
            var process = new ProcessBuilder(
                            PROGRAM.toString(),
                            "--keep-in-foreground",
                            "--conf-file=/dev/null",
                            "--pid-file=",
                            "--log-facility=-",
                            "--user=",
                            "--group=",
                            "--no-resolv",
                            "--no-hosts",
                            "--bind-interfaces",
                            "--listen-address=127.0.0.1",
                            "--port=" + port,
                            "--address=/" + NAME + "/" + address)
                    .redirectErrorStream(true)
                    .start();
            if (answers(process, port)) {
                return new Dnsmasq(process, port);
            }
            said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
        throw new IOException("dnsmasq does not start: " + said);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Asks until it answers or has ended. */
    private static boolean answers(Process process, int port) throws IOException {
        // RFC 1035 section 4.1: a header with one question, the root's name servers.
        byte[] question = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
        var answer = new DatagramPacket(new byte[512], 512);
        try (var socket = new DatagramSocket()) {
            socket.connect(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(50);
            while (process.isAlive()) {
                try {
                    socket.send(new DatagramPacket(question, question.length));
                    socket.receive(answer);
                    return true;
                } catch (PortUnreachableException | SocketTimeoutException notYet) {
                    Thread.onSpinWait();
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

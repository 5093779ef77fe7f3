package io.steelyard.launcher;

import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A dnsmasq of its own on loopback that knows the names below {@code test} that it is told, and may be silent for a while. One thread. */
final class Dnsmasq implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/dnsmasq");
    private static final int TRIES = 5;

    private final Process process;
    private final int port;
    private final Path hosts;

    private Dnsmasq(Process process, int port, Path hosts) {
        this.process = process;
        this.port = port;
        this.hosts = hosts;
    }

    static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /**
     * Starts one and waits until it answers.
     *
     * @param lines those of its hosts file, such as {@code 127.0.0.1 a.test}
     * @param options further words of its command line
     */
    static Dnsmasq start(Path folder, List<String> lines, String... options) throws IOException {
        var hosts = Files.write(folder.resolve("hosts"), lines);
        for (int i = 1; ; i++) {
            int port = FreePort.udp();
            var words = new ArrayList<>(List.of(
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
                    "--local=/test/",
                    "--addn-hosts=" + hosts));
            words.addAll(List.of(options));
            var process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("dnsmasq-" + i).toFile())
                    .start();
            if (answers(process, port)) {
                return new Dnsmasq(process, port, hosts);
            }
            // Another program may have taken the port meanwhile.
            if (i == TRIES) {
                throw new IOException("dnsmasq does not start: " + Files.readString(folder.resolve("dnsmasq-" + i)));
            }
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Knows these names from now on, and no others of its hosts file. */
    void knows(String... lines) throws IOException {
        Files.write(hosts, List.of(lines));
        signal("HUP");
    }

    /** Answers nothing until {@link #speak}. */
    void beSilent() throws IOException {
        signal("STOP");
    }

    void speak() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        try {
            if (kill.waitFor() != 0) {
                throw new IOException("kill -" + name + " ended with " + kill.exitValue());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Asks until it answers or has ended. */
    private static boolean answers(Process process, int port) throws IOException {
        // RFC 1035 section 4.1: a header with one question, the root's name servers.
        byte[] question = {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
        var answer = new DatagramPacket(new byte[512], 512);
        try (var socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByName("127.0.0.1"), port);
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
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

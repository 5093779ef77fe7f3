package io.steelyard.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Servers that speak no HTTP, and logs, for comparisons with HAProxy in mode tcp. One thread at a time. */
final class HaproxyStreamPeers implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;

    /** What a server does with a connection. */
    interface Manner {
        void serve(Socket client) throws IOException;
    }

    private final List<AutoCloseable> opened = new ArrayList<>();

    <T extends AutoCloseable> T keep(T closeable) {
        synchronized (opened) {
            opened.add(closeable);
        }
        return closeable;
    }

    /** A server in this manner. @return its port */
    int server(Manner manner) throws IOException {
        var listening = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try {
                    var client = keep(listening.accept());
                    Thread.ofVirtual().start(() -> serve(manner, client));
                } catch (IOException closed) {
                    return;
                }
            }
        });
        return listening.getLocalPort();
    }

    private static void serve(Manner manner, Socket client) {
        try (client) {
            manner.serve(client);
        } catch (IOException closed) {
            // The client is gone, which some tests want.
        }
    }

    /** Answers the first bytes with its name, and ends. */
    static Manner named(String name) {
        return client -> {
            client.getInputStream().read(new byte[4_096]);
            client.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
        };
    }

    /** Answers with all up to the first {@code x}, in hexadecimal digits, and ends. */
    static Manner telling() {
        return client -> {
            var told = new StringBuilder();
            for (int c = 0; c >= 0 && c != 'x'; ) {
                c = client.getInputStream().read();
                told.append(HexFormat.of().toHexDigits((byte) c));
            }
            client.getOutputStream().write(told.toString().getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
        };
    }

    /** Says nothing and stays. */
    static Manner silent() {
        return client -> client.getInputStream().readAllBytes();
    }

    /** Resets the connection at the first byte. */
    static Manner cutting() {
        return client -> {
            client.getInputStream().read();
            client.setSoLinger(true, 0);
            client.close();
        };
    }

    /** A port where nobody listens and nobody can. */
    int refusing() throws IOException {
        var bound = keep(new Socket());
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return bound.getLocalPort();
    }

    /** A syslog server. */
    DatagramSocket log() throws IOException {
        var socket = keep(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** The next line of a log that matches, without what stands before the message. */
    static String next(DatagramSocket log, String pattern) throws IOException {
        var packet = new DatagramPacket(new byte[4_096], 4_096);
        while (true) {
            log.receive(packet);
            var line = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1).strip();
            var message = line.replaceFirst("^<\\d+>.*? haproxy(\\[\\d+\\])?: ", "");
            if (message.matches(pattern)) {
                return message;
            }
        }
    }

    /** Sends these bytes and reads to the end; what came before a reset. */
    static byte[] ask(int port, byte[]... parts) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (var part : parts) {
                out.write(part);
            }
            return socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException reset) {
            return new byte[0];
        }
    }

    static String ask(int port, String text) throws IOException {
        return new String(ask(port, text.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws Exception {
        synchronized (opened) {
            for (var one : opened) {
                one.close();
            }
        }
    }
}

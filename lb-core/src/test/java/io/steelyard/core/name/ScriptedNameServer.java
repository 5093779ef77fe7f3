package io.steelyard.core.name;

import io.steelyard.api.pool.ServerAddress;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that knows what it was told. Answers by UDP, cut beyond 512 bytes, and by TCP. */
public final class ScriptedNameServer implements AutoCloseable {
    /** Types of RFC 1035 section 3.2.2, RFC 3596 and RFC 2782. */
    private static final int A = 1;

    private static final int CNAME = 5;
    private static final int AAAA = 28;
    private static final int SRV = 33;

    /** RFC 1035 section 4.2.1. */
    private static final int MOST_UDP_BYTES = 512;

    private record Row(String owner, int type, byte[] bytes) {}

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final List<Row> rows = new CopyOnWriteArrayList<>();
    private final AtomicInteger byUdp = new AtomicInteger();
    private final AtomicInteger byTcp = new AtomicInteger();
    private volatile int code;

    public ScriptedNameServer() throws IOException {
        DatagramSocket datagrams = null;
        ServerSocket listening = null;
        var loopback = InetAddress.getByName("127.0.0.1");
        while (listening == null) {
            datagrams = new DatagramSocket(0, loopback);
            try {
                listening = new ServerSocket(datagrams.getLocalPort(), 50, loopback);
            } catch (IOException taken) {
                datagrams.close();
            }
        }
        udp = datagrams;
        tcp = listening;
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    public int questionsByUdp() {
        return byUdp.get();
    }

    int questionsByTcp() {
        return byTcp.get();
    }

    /** Every answer is this failure from now on; 0 for none. */
    public void failWith(int failure) {
        code = failure;
    }

    public void forget(String owner) {
        rows.removeIf(row -> row.owner().equals(owner));
    }

    public void address(String owner, int ttl, String text) {
        var bytes = ServerAddress.numericAddress(text).getAddress();
        add(owner, bytes.length == 4 ? A : AAAA, ttl, bytes);
    }

    void alias(String owner, int ttl, String target) {
        add(owner, CNAME, ttl, name(target));
    }

    public void service(String owner, int ttl, int priority, int weight, int port, String target) {
        var name = name(target);
        var data = ByteBuffer.allocate(6 + name.length)
                .putShort((short) priority)
                .putShort((short) weight)
                .putShort((short) port)
                .put(name);
        add(owner, SRV, ttl, data.array());
    }

    private void add(String owner, int type, int ttl, byte[] data) {
        var name = name(owner);
        var row = ByteBuffer.allocate(name.length + 10 + data.length)
                .put(name)
                .putShort((short) type)
                .putShort((short) 1)
                .putInt(ttl)
                .putShort((short) data.length)
                .put(data);
        rows.add(new Row(owner, type, row.array()));
    }

    private static byte[] name(String text) {
        var out = new ByteArrayOutputStream();
        for (var label : text.isEmpty() ? new String[0] : text.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(0);
        return out.toByteArray();
    }

    private void serveUdp() {
        var buffer = new byte[65_535];
        while (!udp.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byUdp.incrementAndGet();
                var answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                if (answer.length > MOST_UDP_BYTES) {
                    answer = Arrays.copyOf(answer, MOST_UDP_BYTES);
                    answer[2] |= 2;
                }
                udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException closed) {
                // The test is over.
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (var client = tcp.accept()) {
                byTcp.incrementAndGet();
                var in = new DataInputStream(client.getInputStream());
                var question = new byte[in.readUnsignedShort()];
                in.readFully(question);
                var answer = answer(question);
                var out = new DataOutputStream(client.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
            } catch (IOException closed) {
                // The test is over.
            }
        }
    }

    private byte[] answer(byte[] question) {
        int end = 12;
        var name = new StringBuilder();
        for (int length = question[end]; length > 0; length = question[end]) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(question, end + 1, length, StandardCharsets.US_ASCII));
            end += 1 + length;
        }
        int type = question[end + 2];
        var asked = name.toString().toLowerCase(Locale.ROOT);
        var out = new ByteArrayOutputStream();
        int count = code == 0 ? collect(asked, type, out) : 0;
        int result =
                code != 0 ? code : rows.stream().noneMatch(row -> row.owner().equals(asked)) ? 3 : 0;
        var head = ByteBuffer.wrap(Arrays.copyOf(question, end + 5))
                .putShort(2, (short) (0x8180 | result))
                .putShort(6, (short) count)
                .putShort(10, (short) 0);
        try (var all = new ByteArrayOutputStream()) {
            all.write(head.array());
            all.write(out.toByteArray());
            return all.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The records of a name; where it is an alias, that and the records of what it stands for. */
    private int collect(String asked, int type, ByteArrayOutputStream out) {
        int count = 0;
        for (var row : rows) {
            if (row.owner().equals(asked) && (row.type() == type || row.type() == CNAME)) {
                out.writeBytes(row.bytes());
                count++;
                if (row.type() == CNAME) {
                    int at = name(row.owner()).length + 10;
                    count += collect(text(Arrays.copyOfRange(row.bytes(), at, row.bytes().length)), type, out);
                }
            }
        }
        return count;
    }

    private static String text(byte[] name) {
        var text = new StringBuilder();
        for (int at = 0; name[at] > 0; at += 1 + name[at]) {
            text.append(text.isEmpty() ? "" : ".")
                    .append(new String(name, at + 1, name[at], StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}

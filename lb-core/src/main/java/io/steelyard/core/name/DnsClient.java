package io.steelyard.core.name;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers and waits for the answer, on the caller's thread: by UDP, from a port and with a number of chance each time (RFC 5452
 * section 9), and by TCP where the answer does not fit. Safe for all threads.
 */
final class DnsClient {
    /** After so long without an answer the next server is asked, as with nginx. */
    private static final long TRY_NS = TimeUnit.SECONDS.toNanos(5);

    private final SecureRandom random = new SecureRandom();

    /** Whose turn it is. Any thread adds; each value is used once, in whatever order. */
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * The answer of the first server that gives one: records, or that there are none.
     *
     * @param deadlineNs by {@link System#nanoTime}
     * @throws IOException where none does in time, or each tells of a failure of its own
     */
    DnsMessage.Answer ask(List<InetSocketAddress> servers, String name, int type, long deadlineNs) throws IOException {
        var question = DnsMessage.question(random.nextInt(1 << 16), name, type);
        int first = turn.getAndIncrement();
        var failure = new IOException("no name server answers for " + name);
        for (int i = 0; i == 0 || System.nanoTime() - deadlineNs < 0; i++) {
            var server = servers.get(Math.floorMod(first + i, servers.size()));
            long startNs = System.nanoTime();
            try {
                var answer = byUdp(server, question, Math.min(deadlineNs, startNs + TRY_NS));
                if (answer.isCut()) {
                    answer = byTcp(server, question, deadlineNs);
                }
                if (answer.code() == 0 || answer.code() == DnsMessage.NAME_ERROR) {
                    return answer;
                }
                failure = new IOException(server + " answers with error " + answer.code() + " for " + name);
            } catch (IOException unanswered) {
                failure = unanswered;
            }
            boolean isRoundOver = i >= servers.size() - 1;
            if (isRoundOver && System.nanoTime() - startNs < TRY_NS) {
                // It said no at once, and would say so again.
                break;
            }
        }
        throw failure;
    }

    private static DnsMessage.Answer byUdp(InetSocketAddress server, byte[] question, long untilNs) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.connect(server);
            socket.send(new DatagramPacket(question, question.length));
            var buffer = new byte[65_535];
            while (true) {
                socket.setSoTimeout(millisUntil(untilNs));
                var packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                var answer = DnsMessage.answer(DnsMessage.first(buffer, packet.getLength()), question);
                if (answer != null) {
                    return answer;
                }
            }
        }
    }

    private static DnsMessage.Answer byTcp(InetSocketAddress server, byte[] question, long untilNs) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(server, millisUntil(untilNs));
            var out = new DataOutputStream(socket.getOutputStream());
            var framed = new byte[question.length + 2];
            framed[0] = (byte) (question.length >> 8);
            framed[1] = (byte) question.length;
            System.arraycopy(question, 0, framed, 2, question.length);
            out.write(framed);
            var in = new DataInputStream(socket.getInputStream());
            socket.setSoTimeout(millisUntil(untilNs));
            var received = new byte[in.readUnsignedShort()];
            socket.setSoTimeout(millisUntil(untilNs));
            in.readFully(received);
            DnsMessage.@Nullable Answer answer = DnsMessage.answer(received, question);
            if (answer == null) {
                throw new IOException(server + " gives no answer to the question");
            }
            return answer;
        }
    }

    private static int millisUntil(long untilNs) throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("the name server does not answer in time");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}

package io.steelyard.vrrp.witness;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to a {@link WitnessServer}. */
final class SteelyardWitness implements Witness {
    private static final Logger LOG = LoggerFactory.getLogger(SteelyardWitness.class);

    /** So many questions may wait for answers; of more, the oldest are forgotten. */
    private static final int MOST_OPEN = 1024;

    private final String asker;
    private final InetSocketAddress server;
    private final SecretKeySpec key;
    private final DatagramChannel channel;
    private final Selector selector;
    private final Thread thread;

    /** Put by who asks, removed by the thread that receives. */
    private final Map<Asked, Listener> open = new ConcurrentHashMap<>();

    private record Asked(String lease, long sequence) {}

    SteelyardWitness(String asker, InetSocketAddress server, SecretKeySpec key) throws IOException {
        this.asker = asker;
        this.server = server;
        this.key = key;
        channel = DatagramChannel.open(
                server.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        selector = Selector.open();
        channel.configureBlocking(false);
        // Not connected: routes and source addresses may change while this process lives.
        channel.register(selector, SelectionKey.OP_READ);
        thread = Thread.ofPlatform().name("vrrp-witness-answers").daemon().unstarted(this::receive);
        thread.start();
    }

    @Override
    public void ask(Question question, Listener listener) {
        if (open.size() >= MOST_OPEN) {
            open.keySet().stream()
                    .min(Comparator.comparingLong(Asked::sequence))
                    .ifPresent(open::remove);
        }
        var asked = new Asked(question.lease(), question.sequence());
        open.put(asked, listener);
        var message = new WitnessMessage(
                WitnessMessage.Kind.ASK,
                question.lease(),
                asker,
                question.priority(),
                question.sequence(),
                question.leaseNs(),
                question.heldEpoch(),
                false,
                false);
        try {
            channel.send(message.encode(key), server);
        } catch (IOException failed) {
            open.remove(asked);
            listener.failed("asking " + description() + ": " + failed.getMessage());
        }
    }

    @Override
    public void giveUp(String lease, long sequence) {
        var message = new WitnessMessage(WitnessMessage.Kind.GIVE_UP, lease, asker, 0, sequence, 0, 0, false, false);
        try {
            channel.send(message.encode(key), server);
        } catch (IOException failed) {
            // The lease then ends by itself.
            LOG.debug("the lease '{}' cannot be given up at {}: {}", lease, server, failed.getMessage());
        }
    }

    private void receive() {
        var buffer = ByteBuffer.allocate(2 * WitnessMessage.MOST_BYTES);
        while (channel.isOpen()) {
            try {
                selector.select();
                selector.selectedKeys().clear();
                buffer.clear();
                while (channel.receive(buffer) != null) {
                    WitnessMessage.decode(buffer.flip(), key).ifPresent(this::answered);
                    buffer.clear();
                }
            } catch (ClosedSelectorException closed) {
                return;
            } catch (IOException failed) {
                // Such as an ICMP message that nobody is there: the next question asks again.
                LOG.debug("{}: {}", server, failed.getMessage());
            } catch (RuntimeException failed) {
                LOG.error("an answer of {} failed", server, failed);
            }
        }
    }

    private void answered(WitnessMessage answer) {
        if (answer.kind() != WitnessMessage.Kind.ANSWER || !answer.asker().equals(asker)) {
            return;
        }
        var listener = open.remove(new Asked(answer.lease(), answer.sequence()));
        if (listener != null) {
            listener.answered(new Answer(answer.isGranted(), answer.epoch(), answer.isWanted()));
        }
    }

    @Override
    public String description() {
        return "steelyard witness " + server.getAddress().getHostAddress() + " port " + server.getPort();
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException failed) {
            LOG.warn("the way to {} did not close: {}", server, failed.getMessage());
        }
    }
}

package io.steelyard.vrrp.witness;

import io.steelyard.vrrp.defence.LeaseTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A third place for virtual routers: keeps leases, each for one holder at a time, and answers over UDP whoever knows its key. It keeps nothing on
 * disk. Safe for all threads.
 *
 * <p><b>Why that is enough.</b> After a start nothing is granted for the longest lease, but to who holds a lease and says so in a signed question:
 * every lease that a former process granted has ended by then, or is still with the one it was granted to. Nothing is granted for longer than the
 * longest lease. Time is of a clock that never goes back; a machine that sleeps must not be a witness, as its clock may stand still meanwhile and
 * leases last longer, which is safe and keeps others waiting.
 */
public final class WitnessServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessServer.class);

    private final DatagramChannel channel;
    private final InetSocketAddress address;
    private final SecretKeySpec key;
    private final long longestLeaseNs;
    private final Thread thread;
    private final LongAdder granted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    /** Guarded by itself: the server's thread writes it, {@link #leases} reads it. */
    private final LeaseTable table;

    private WitnessServer(DatagramChannel channel, SecretKeySpec key, Duration longestLease) throws IOException {
        this.channel = channel;
        this.key = key;
        address = (InetSocketAddress) channel.getLocalAddress();
        longestLeaseNs = longestLease.toNanos();
        table = new LeaseTable(System.nanoTime() + longestLeaseNs, System.currentTimeMillis() / 1_000);
        thread = Thread.ofPlatform().name("vrrp-witness").daemon().unstarted(this::serve);
    }

    /** Nothing chosen yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where it answers. */
    public InetSocketAddress address() {
        return address;
    }

    /** All leases that are held now. */
    public List<LeaseTable.Holding> leases() {
        synchronized (table) {
            return table.holdings(System.nanoTime());
        }
    }

    /** How many questions were granted. */
    public long granted() {
        return granted.sum();
    }

    /** How many questions were refused. */
    public long refused() {
        return refused.sum();
    }

    /** How many datagrams were none of ours: malformed, or signed with another key. */
    public long dropped() {
        return dropped.sum();
    }

    private void serve() {
        var buffer = ByteBuffer.allocate(2 * WitnessMessage.MOST_BYTES);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                var from = channel.receive(buffer);
                if (from != null) {
                    answer(buffer.flip(), from);
                }
            } catch (AsynchronousCloseException closed) {
                LOG.debug("the witness has ended");
            } catch (ClosedChannelException closed) {
                LOG.debug("the witness had ended");
            } catch (IOException failed) {
                // Such as an ICMP message about an asker that is gone: the others are still there.
                LOG.warn("the witness at {}: {}", address, failed.getMessage());
            } catch (RuntimeException failed) {
                LOG.error("the witness at {} failed at a message", address, failed);
            }
        }
    }

    private void answer(ByteBuffer datagram, SocketAddress from) throws IOException {
        var message = WitnessMessage.decode(datagram, key).orElse(null);
        if (message == null || message.kind() == WitnessMessage.Kind.ANSWER) {
            dropped.increment();
        } else if (message.kind() == WitnessMessage.Kind.GIVE_UP) {
            synchronized (table) {
                table.giveUp(message.lease(), message.asker(), message.sequence(), System.nanoTime());
            }
        } else {
            var answer = ask(message);
            (answer.isGranted() ? granted : refused).increment();
            var reply = message.answer(answer.isGranted(), answer.epoch(), answer.isWanted());
            channel.send(reply.encode(key), from);
        }
    }

    private LeaseTable.Answer ask(WitnessMessage question) {
        if (question.leaseNs() <= 0 || question.leaseNs() > longestLeaseNs) {
            LOG.warn(
                    "{} asks for '{}' for {} ms; expected up to {} ms",
                    question.asker(),
                    question.lease(),
                    question.leaseNs() / 1_000_000,
                    longestLeaseNs / 1_000_000);
            return new LeaseTable.Answer(false, 0, false);
        }
        synchronized (table) {
            return table.ask(
                    question.lease(),
                    question.asker(),
                    question.priority(),
                    question.leaseNs(),
                    question.sequence(),
                    question.epoch(),
                    System.nanoTime());
        }
    }

    /** Answers nobody any more. Leases go on until they end. */
    @Override
    public void close() {
        try {
            channel.close();
            thread.join();
        } catch (IOException failed) {
            LOG.warn("the witness's socket did not close: {}", failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private @Nullable InetSocketAddress address;
        private @Nullable String key;
        private Duration longestLease = Duration.ofSeconds(10);

        private Builder() {}

        /** Where to answer; port 0 for any that is free. */
        public Builder address(InetSocketAddress given) {
            address = given;
            return this;
        }

        /** What messages are signed with: at least 16 octets of UTF-8. */
        public Builder key(String given) {
            key = given;
            return this;
        }

        /** The longest lease that can be asked for, and for how long after a start nothing new is granted; 10 s unless said. */
        public Builder longestLease(Duration given) {
            longestLease = given;
            return this;
        }

        /**
         * Begins. The socket is made in the network namespace of the calling thread.
         *
         * @throws IllegalStateException where address or key is missing
         * @throws IllegalArgumentException where the key is too short or the longest lease is below 100 ms
         * @throws IOException where the address cannot be had
         */
        public WitnessServer start() throws IOException {
            if (address == null || key == null) {
                throw new IllegalStateException("a witness needs an address and a key");
            }
            if (longestLease.compareTo(Duration.ofMillis(100)) < 0) {
                throw new IllegalArgumentException("longestLease is " + longestLease + ", expected at least 100 ms");
            }
            var secret = WitnessMessage.key(Objects.requireNonNull(key));
            boolean isIpv6 = address.getAddress() instanceof java.net.Inet6Address;
            var channel = DatagramChannel.open(isIpv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
            try {
                channel.bind(address);
                var server = new WitnessServer(channel, secret, longestLease);
                server.thread.start();
                return server;
            } catch (IOException | RuntimeException failed) {
                channel.close();
                throw failed;
            }
        }
    }
}

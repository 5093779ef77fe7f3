package io.steelyard.health;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;

/**
 * {@code udp}: sends a datagram. Without an expectation the server passes unless the network says that nobody receives there (ICMP
 * unreachable) within three quarters of the timeout: silence is a pass, as with nginx. With one, an answer that contains it must come.
 */
public final class UdpCheckProvider implements HealthCheckProvider {
    private static final int LARGEST_DATAGRAM = 65_535;

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public String description() {
        return "sends a datagram; fails on ICMP unreachable or a wrong answer";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.text("send", "health check", "what to send, with \\r \\n \\t \\0 \\\\ \\xNN"),
                OptionSpec.text("expect", "", "what the answer must contain, written like send"),
                OptionSpec.text("expect-regex", "", "regular expression the answer must match somewhere"));
    }

    @Override
    public HealthCheck create(Options options) {
        return new Check(
                Escapes.decode(options.text("send")),
                Expectation.of("expect", options.text("expect"), options.text("expect-regex")));
    }

    private record Check(byte[] send, Optional<Expectation> expectation) implements HealthCheck {
        @Override
        public ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException {
            if (!(target.address() instanceof InetSocketAddress address)) {
                return ProbeResult.failed("a UNIX socket cannot be probed by UDP");
            }
            try (var channel = DatagramChannel.open()) {
                channel.connect(address);
                return exchange(channel, target);
            } catch (ClosedByInterruptException timeout) {
                return ProbeResult.failed("no answer in time");
            } catch (IOException | UnresolvedAddressException failed) {
                return ProbeResult.failed(ProbeSocket.connectPhrase(failed));
            }
        }

        @SuppressWarnings("AddressSelection") // connected already
        private ProbeResult exchange(DatagramChannel channel, ProbeTarget target)
                throws IOException, InterruptedException {
            var socket = channel.socket();
            socket.send(new DatagramPacket(send, send.length));
            long patienceMs = Math.max(1, target.timeout().toMillis() * 3 / 4);
            socket.setSoTimeout((int) Math.min(patienceMs, Integer.MAX_VALUE));
            var answer = new DatagramPacket(new byte[LARGEST_DATAGRAM], LARGEST_DATAGRAM);
            try {
                socket.receive(answer);
            } catch (SocketTimeoutException silence) {
                return expectation.isEmpty()
                        ? ProbeResult.passed("not refused")
                        : ProbeResult.failed("no answer in time");
            } catch (SocketException closed) {
                if (!channel.isOpen()) {
                    return ProbeResult.failed("no answer in time");
                }
                throw closed;
            }
            if (expectation.isEmpty() || expectation.get().isIn(answer.getData(), answer.getLength())) {
                return ProbeResult.passed("answered");
            }
            return ProbeResult.failed("answer '" + Escapes.show(answer.getData(), answer.getLength(), 60)
                    + "', expected '" + expectation.get().text() + "'");
        }
    }
}

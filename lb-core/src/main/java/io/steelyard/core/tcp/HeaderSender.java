package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.linux.Linux;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderEncoder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Begins connections to servers with a PROXY protocol header. Owned by one loop. */
public final class HeaderSender {
    private final ProxyHeaderEncoder encoder = new ProxyHeaderEncoder();
    private final MemorySegment memory;
    private final ByteBuffer buffer;

    public HeaderSender(Arena arena) {
        memory = arena.allocate(ProxyHeaderEncoder.TEXT_BYTES);
        buffer = memory.asByteBuffer();
    }

    /**
     * Sends a header in one write, as the protocol wants it.
     *
     * @param version not {@link ProxyProtocol#NONE}
     * @return its length in bytes; negative where the server did not take it whole
     */
    public int send(int fd, ProxyProtocol version, Endpoint client, Endpoint destination) {
        buffer.clear();
        boolean isKnown = client.isIp() && destination.isIp();
        if (version == ProxyProtocol.V1) {
            writeText(client, destination, isKnown);
        } else {
            writeBinary(client, destination, isKnown);
        }
        int length = buffer.position();
        return Linux.send(fd, memory, 0, length) == length ? length : -1;
    }

    private void writeText(Endpoint client, Endpoint destination, boolean isKnown) {
        if (isKnown) {
            encoder.text(
                    buffer,
                    client.high(),
                    client.low(),
                    client.port(),
                    destination.high(),
                    destination.low(),
                    destination.port());
        } else {
            encoder.textUnknown(buffer);
        }
    }

    private void writeBinary(Endpoint client, Endpoint destination, boolean isKnown) {
        if (isKnown) {
            encoder.begin(
                            buffer,
                            Transport.STREAM,
                            client.high(),
                            client.low(),
                            client.port(),
                            destination.high(),
                            destination.low(),
                            destination.port())
                    .end();
        } else {
            // As HAProxy has it: nobody is told, and the receiver takes the addresses it sees.
            encoder.beginLocal(buffer).end();
        }
    }
}

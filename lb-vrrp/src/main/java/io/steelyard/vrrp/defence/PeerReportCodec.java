package io.steelyard.vrrp.defence;

import io.steelyard.vrrp.election.Phase;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reports as datagrams of at most 65,507 octets. Immutable; safe for all threads.
 *
 * <pre>
 *   0  "SYHB"                        4  format = 1      5  1: signed
 *   6  sequence, 64 bits            14  node: text      ..  number of routers, 8 bits
 *      each router: id, version, state, priority, 8 bits each; epoch, interval in ms, 64 bits each;
 *                   addresses, transport, authentication, checksum: texts
 *      number of nodes heard, 8 bits, and their names: texts
 *      signed: the first 16 octets of HMAC-SHA256 over all of the above
 *
 *   a text is its length in octets, 16 bits, and UTF-8; numbers are in network order
 * </pre>
 */
public final class PeerReportCodec {
    private static final int MAGIC = 0x53594842;
    private static final int FORMAT = 1;
    private static final int MOST = 65_507;
    private static final int CODE_LENGTH = 16;
    private static final Phase[] PHASES = Phase.values();

    private final Optional<SecretKeySpec> key;

    /** @param key what reports are signed with; absent for unsigned, which then is all that is accepted */
    public PeerReportCodec(Optional<String> key) {
        this.key = key.map(text -> new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    }

    /**
     * A datagram.
     *
     * @throws IllegalArgumentException for more than fits
     */
    public byte[] encode(PeerReport report) {
        var buffer = ByteBuffer.allocate(space(report));
        try {
            buffer.putInt(MAGIC).put((byte) FORMAT).put((byte) (key.isPresent() ? 1 : 0));
            buffer.putLong(report.sequence());
            putText(buffer, report.node());
            putCount(buffer, report.routers().size());
            report.routers().forEach(router -> putRouter(buffer, router));
            putCount(buffer, report.hears().size());
            report.hears().forEach(node -> putText(buffer, node));
            key.ifPresent(secret -> buffer.put(code(secret, buffer.array(), buffer.position())));
        } catch (BufferOverflowException tooLong) {
            throw new IllegalArgumentException("the report does not fit into " + MOST + " octets", tooLong);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Enough for the report, and not always all that fits into a datagram: reports are made many times a second. */
    private static int space(PeerReport report) {
        long octets = 128L + 4L * report.node().length();
        for (var router : report.routers()) {
            var configuration = router.configuration();
            octets += 64L
                    + 4L
                            * (configuration.addresses().length()
                                    + configuration.transport().length());
            octets += 4L
                    * (configuration.authentication().length()
                            + configuration.checksum().length());
        }
        for (var node : report.hears()) {
            octets += 8L + 4L * node.length();
        }
        return (int) Math.min(MOST, octets);
    }

    private static void putRouter(ByteBuffer buffer, PeerReport.Router router) {
        var configuration = router.configuration();
        buffer.put((byte) configuration.virtualRouterId()).put((byte) configuration.version());
        buffer.put((byte) router.phase().ordinal()).put((byte) router.priority());
        buffer.putLong(router.epoch()).putLong(configuration.intervalMs());
        putText(buffer, configuration.addresses());
        putText(buffer, configuration.transport());
        putText(buffer, configuration.authentication());
        putText(buffer, configuration.checksum());
    }

    private static void putText(ByteBuffer buffer, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xFFFF) {
            throw new IllegalArgumentException("a text of " + bytes.length + " octets is too long");
        }
        buffer.putShort((short) bytes.length).put(bytes);
    }

    private static void putCount(ByteBuffer buffer, int count) {
        if (count > 255) {
            throw new IllegalArgumentException(count + " are too many, expected at most 255");
        }
        buffer.put((byte) count);
    }

    /** The report of a datagram; absent where it is none, is malformed, or is not signed as it must be. */
    public Optional<PeerReport> decode(byte[] datagram) {
        try {
            var buffer = ByteBuffer.wrap(datagram);
            boolean isOurs =
                    buffer.getInt() == MAGIC && buffer.get() == FORMAT && buffer.get() == (key.isPresent() ? 1 : 0);
            if (!isOurs || key.isPresent() && !isGenuine(datagram)) {
                return Optional.empty();
            }
            buffer.limit(datagram.length - (key.isPresent() ? CODE_LENGTH : 0));
            var report = report(buffer);
            return buffer.hasRemaining() ? Optional.empty() : Optional.of(report);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static PeerReport report(ByteBuffer buffer) {
        long sequence = buffer.getLong();
        var node = text(buffer);
        var routers = new ArrayList<PeerReport.Router>();
        for (int count = buffer.get() & 0xFF; count > 0; count--) {
            routers.add(router(buffer));
        }
        List<String> hears = new ArrayList<>();
        for (int count = buffer.get() & 0xFF; count > 0; count--) {
            hears.add(text(buffer));
        }
        return new PeerReport(node, sequence, routers, hears);
    }

    private static PeerReport.Router router(ByteBuffer buffer) {
        int id = buffer.get() & 0xFF;
        int version = buffer.get() & 0xFF;
        int phase = buffer.get() & 0xFF;
        int priority = buffer.get() & 0xFF;
        if (phase >= PHASES.length) {
            throw new IllegalArgumentException("state " + phase + " does not exist");
        }
        long epoch = buffer.getLong();
        long intervalMs = buffer.getLong();
        var configuration =
                new ConfigFingerprint(id, version, intervalMs, text(buffer), text(buffer), text(buffer), text(buffer));
        return new PeerReport.Router(configuration, PHASES[phase], priority, epoch);
    }

    private static String text(ByteBuffer buffer) {
        var bytes = new byte[Math.min(buffer.getShort() & 0xFFFF, buffer.remaining() + 1)];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private boolean isGenuine(byte[] datagram) {
        int length = datagram.length - CODE_LENGTH;
        return length > 0
                && MessageDigest.isEqual(
                        code(key.orElseThrow(), datagram, length),
                        Arrays.copyOfRange(datagram, length, datagram.length));
    }

    private static byte[] code(SecretKeySpec secret, byte[] bytes, int length) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            mac.update(bytes, 0, length);
            return Arrays.copyOf(mac.doFinal(), CODE_LENGTH);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java platform has no HmacSHA256", missing);
        }
    }
}

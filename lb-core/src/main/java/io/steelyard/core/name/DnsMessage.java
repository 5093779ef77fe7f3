package io.steelyard.core.name;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Questions and answers of DNS (RFC 1035 section 4). The JDK's own client of name servers (JNDI) does not say how long an answer holds, which is
 * what servers must be looked up again by.
 *
 * <pre>
 * |  id  | flags | questions | answers | authorities | additionals |   two bytes each
 * | question: name, type, class |
 * | record: name, type, class, ttl (4 bytes), length (2 bytes), data |…
 * </pre>
 */
final class DnsMessage {
    /** Of messages over UDP without EDNS (RFC 1035 section 4.2.1); longer ones are cut, and asked for again over TCP. */
    static final int MOST_UDP_BYTES = 512;

    /** No such name. */
    static final int NAME_ERROR = 3;

    private static final int HEADER_BYTES = 12;
    private static final int CLASS_IN = 1;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int IS_ANSWER = 0x8000;
    private static final int IS_CUT = 0x0200;
    private static final int MOST_LABEL_BYTES = 63;
    private static final int MOST_NAME_BYTES = 255;

    private final ByteBuffer bytes;

    private DnsMessage(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /**
     * What an answer says.
     *
     * @param code 0 for no error, {@link #NAME_ERROR} or another one (RFC 1035 section 4.1.1)
     * @param isCut whether it did not fit; its records are of no use then
     * @param records those of known types
     */
    record Answer(int code, boolean isCut, List<DnsRecord> records) {
        Answer {
            records = List.copyOf(records);
        }
    }

    /**
     * A question to a name server that looks further itself.
     *
     * @throws IllegalArgumentException where the name is none: an empty label, or one beyond 63 bytes, or all beyond 255
     */
    static byte[] question(int id, String name, int type) {
        var out = new ByteArrayOutputStream(HEADER_BYTES + name.length() + 6);
        for (int field : new int[] {id, RECURSION_DESIRED, 1, 0, 0, 0}) {
            put(out, field);
        }
        if (name.length() > MOST_NAME_BYTES - 2) {
            throw new IllegalArgumentException("'" + name + "' is too long for a name");
        }
        for (var label : name.split("\\.", -1)) {
            var encoded = label.getBytes(StandardCharsets.US_ASCII);
            if (encoded.length == 0 || encoded.length > MOST_LABEL_BYTES) {
                throw new IllegalArgumentException("'" + name + "' has a label of " + encoded.length + " bytes");
            }
            out.write(encoded.length);
            out.writeBytes(encoded);
        }
        out.write(0);
        put(out, type);
        put(out, CLASS_IN);
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, int twoBytes) {
        out.write(twoBytes >> 8);
        out.write(twoBytes);
    }

    /** Reads the answer to a question of {@link #question}; null where the bytes are none, or that of another question. */
    static @Nullable Answer answer(byte[] received, byte[] question) {
        try {
            return new DnsMessage(ByteBuffer.wrap(received)).read(question);
        } catch (IndexOutOfBoundsException | java.nio.BufferUnderflowException | UnknownHostException broken) {
            return null;
        }
    }

    private @Nullable Answer read(byte[] question) throws UnknownHostException {
        int flags = bytes.getShort(2) & 0xFFFF;
        boolean isAnswer = (flags & IS_ANSWER) != 0
                && bytes.getShort(0) == ByteBuffer.wrap(question).getShort(0);
        if (!isAnswer || bytes.getShort(4) != 1 || !repeats(question)) {
            return null;
        }
        int count = bytes.getShort(6) & 0xFFFF;
        var records = new ArrayList<DnsRecord>();
        boolean isCut = (flags & IS_CUT) != 0;
        bytes.position(question.length);
        for (int i = 0; i < count && !isCut; i++) {
            readRecord(records);
        }
        return new Answer(flags & 0xF, isCut, records);
    }

    /** Whether it holds the question as it was asked, in whatever case. */
    private boolean repeats(byte[] question) {
        var asked = new String(question, HEADER_BYTES, question.length - HEADER_BYTES, StandardCharsets.ISO_8859_1);
        var told = new byte[asked.length()];
        bytes.get(HEADER_BYTES, told);
        return asked.equalsIgnoreCase(new String(told, StandardCharsets.ISO_8859_1));
    }

    private void readRecord(List<DnsRecord> records) throws UnknownHostException {
        var owner = name();
        int type = bytes.getShort() & 0xFFFF;
        int kind = bytes.getShort() & 0xFFFF;
        // RFC 2181 section 8: with the first bit set it is 0.
        long ttl = Math.max(0, bytes.getInt());
        int length = bytes.getShort() & 0xFFFF;
        int end = bytes.position() + length;
        if (kind == CLASS_IN) {
            switch (type) {
                case DnsRecord.A, DnsRecord.AAAA -> {
                    var address = new byte[type == DnsRecord.A ? 4 : 16];
                    if (length == address.length) {
                        bytes.get(address);
                        records.add(new DnsRecord.Address(owner, ttl, InetAddress.getByAddress(address)));
                    }
                }
                case DnsRecord.CNAME -> records.add(new DnsRecord.Alias(owner, ttl, name()));
                case DnsRecord.SRV -> {
                    int priority = bytes.getShort() & 0xFFFF;
                    int weight = bytes.getShort() & 0xFFFF;
                    int port = bytes.getShort() & 0xFFFF;
                    records.add(new DnsRecord.Service(owner, ttl, priority, weight, port, name()));
                }
                default -> {
                    // Of no use here.
                }
            }
        }
        if (end > bytes.limit()) {
            throw new IndexOutOfBoundsException(end);
        }
        bytes.position(end);
    }

    /** The name at this place; pointers (RFC 1035 section 4.1.4) lead backwards only, so that it ends. */
    private String name() {
        var name = new StringBuilder();
        int at = bytes.position();
        int least = at;
        int behind = -1;
        while (true) {
            int length = bytes.get(at) & 0xFF;
            if (length >= 0xC0) {
                int target = bytes.getShort(at) & 0x3FFF;
                behind = behind < 0 ? at + 2 : behind;
                if (target >= least) {
                    throw new IndexOutOfBoundsException(target);
                }
                least = target;
                at = target;
            } else if (length == 0) {
                bytes.position(behind < 0 ? at + 1 : behind);
                return name.toString().toLowerCase(Locale.ROOT);
            } else {
                if (length > MOST_LABEL_BYTES || name.length() + length > MOST_NAME_BYTES) {
                    throw new IndexOutOfBoundsException(length);
                }
                var label = new byte[length];
                bytes.get(at + 1, label);
                name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.ISO_8859_1));
                at += 1 + length;
            }
        }
    }

    /** Exactly this many bytes of the beginning. */
    static byte[] first(byte[] of, int length) {
        return Arrays.copyOf(of, length);
    }
}

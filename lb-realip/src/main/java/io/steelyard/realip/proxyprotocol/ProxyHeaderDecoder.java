package io.steelyard.realip.proxyprotocol;

import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Command;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Family;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Reads PROXY protocol headers of both versions, strictly: what the protocol does not allow is refused, at the first byte that shows it.
 * Allocates nothing. One thread at a time.
 *
 * <p>A header may arrive in pieces: {@link Result#NEED_MORE} is answered until all of it is there, and each call begins anew with all bytes
 * so far.
 *
 * <pre>
 *  version 2
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                   signature, 12 bytes                         |
 * +-------+-------+-------+-------+-------------------------------+
 * |version|command|family |transp.|       bytes that follow       |
 * +-------+-------+-------+-------+-------------------------------+
 * |  addresses and ports: 12 (IPv4), 36 (IPv6) or 216 (UNIX)      |
 * +---------------------------------------------------------------+
 * |  type-length-value fields, exactly to the end                 |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class ProxyHeaderDecoder {
    /** The longest header that is taken if nothing else is said, as nginx has it. */
    public static final int DEFAULT_MOST_BYTES = 4_096;

    /** The longest header there can be. */
    public static final int GREATEST_BYTES = 16 + 65_535;

    /** What decoding came to. */
    public enum Result {
        /** A whole header: the buffer's position is behind it. */
        COMPLETE,
        /** A header so far, and not all of it: the buffer's position is where it was. */
        NEED_MORE,
        /** No header, see {@link ProxyHeaderDecoder#problem}: the buffer's position is where it was. */
        INVALID
    }

    static final int FIXED_BYTES = 16;

    private static final byte[] SIGNATURE = {
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 'Q', 'U', 'I', 'T', 0x0A,
    };
    private static final Family[] FAMILIES = Family.values();
    private static final Transport[] TRANSPORTS = Transport.values();
    private static final byte[] ZEROS = new byte[4];
    private static final int MOST_UNIQUE_ID_BYTES = 128;

    private final TextHeaderParser text = new TextHeaderParser();
    private final CRC32C checksum = new CRC32C();
    private final TlvCursor tlv = new TlvCursor();
    private final TlvCursor inner = new TlvCursor();
    private final int mostBytes;
    private HeaderProblem problem = HeaderProblem.NONE;

    public ProxyHeaderDecoder() {
        this(DEFAULT_MOST_BYTES);
    }

    /** @param mostBytes the longest header that is taken, 232 (without fields) to {@value #GREATEST_BYTES} */
    public ProxyHeaderDecoder(int mostBytes) {
        int least = FIXED_BYTES + 2 * ProxyHeader.UNIX_PATH_BYTES;
        if (mostBytes < least || mostBytes > GREATEST_BYTES) {
            throw new IllegalArgumentException(
                    "mostBytes is " + mostBytes + ", expected " + least + " to " + GREATEST_BYTES);
        }
        this.mostBytes = mostBytes;
    }

    /** Why the last result was {@link Result#INVALID}. */
    public HeaderProblem problem() {
        return problem;
    }

    /**
     * Reads a header from the buffer's position on.
     *
     * @param bytes in network byte order
     * @param into what it says, where the result is {@link Result#COMPLETE}
     */
    public Result decode(ByteBuffer bytes, ProxyHeader into) {
        if (bytes.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the buffer is not in network byte order");
        }
        problem = HeaderProblem.NONE;
        if (!bytes.hasRemaining()) {
            return Result.NEED_MORE;
        }
        var result = bytes.get(bytes.position()) == SIGNATURE[0] ? decodeBinary(bytes, into) : decodeText(bytes, into);
        if (result == Result.COMPLETE) {
            bytes.position(bytes.position() + into.lengthBytes());
        }
        return result;
    }

    private Result decodeText(ByteBuffer bytes, ProxyHeader into) {
        into.begin(bytes, bytes.position(), 1);
        var result = text.parse(bytes, into);
        problem = text.problem();
        return result;
    }

    private Result decodeBinary(ByteBuffer bytes, ProxyHeader into) {
        int start = bytes.position();
        int available = bytes.remaining();
        for (int i = 0; i < Math.min(available, SIGNATURE.length); i++) {
            if (bytes.get(start + i) != SIGNATURE[i]) {
                return invalid(HeaderProblem.NOT_A_HEADER);
            }
        }
        if (available > 12 && (bytes.get(start + 12) & 0xF0) != 0x20) {
            return invalid(HeaderProblem.BAD_VERSION);
        }
        if (available > 12 && (bytes.get(start + 12) & 0x0F) > 1) {
            return invalid(HeaderProblem.BAD_COMMAND);
        }
        if (available < FIXED_BYTES) {
            return Result.NEED_MORE;
        }
        int length = Short.toUnsignedInt(bytes.getShort(start + 14));
        if (FIXED_BYTES + length > mostBytes) {
            return invalid(HeaderProblem.TOO_LONG);
        }
        boolean isLocal = (bytes.get(start + 12) & 0x0F) == 0;
        int familyAndTransport = Byte.toUnsignedInt(bytes.get(start + 13));
        if (!isLocal && (familyAndTransport >> 4 > 3 || (familyAndTransport & 0x0F) > 2)) {
            return invalid(HeaderProblem.BAD_FAMILY);
        }
        if (!isLocal && length < addressBytes(familyAndTransport >> 4)) {
            return invalid(HeaderProblem.TOO_SHORT);
        }
        if (available < FIXED_BYTES + length) {
            return Result.NEED_MORE;
        }
        into.begin(bytes, start, 2);
        int end = start + FIXED_BYTES + length;
        into.endsAt(end, end);
        return isLocal ? Result.COMPLETE : fill(bytes, into, familyAndTransport, end);
    }

    private Result fill(ByteBuffer bytes, ProxyHeader into, int familyAndTransport, int end) {
        int start = bytes.position();
        int at = start + FIXED_BYTES;
        int tlvStart = at + addressBytes(familyAndTransport >> 4);
        var broken = checkTlvs(bytes, tlvStart, end);
        if (broken != HeaderProblem.NONE) {
            return invalid(broken);
        }
        into.endsAt(tlvStart, end);
        var transport = TRANSPORTS[familyAndTransport & 0x0F];
        var family = transport == Transport.UNSPECIFIED ? Family.UNSPECIFIED : FAMILIES[familyAndTransport >> 4];
        into.kind(Command.PROXY, family, transport);
        if (family == Family.IPV4) {
            into.source(0, Addresses.ofIpv4(bytes.getInt(at)));
            into.destination(0, Addresses.ofIpv4(bytes.getInt(at + 4)));
            ports(bytes, at + 8, into);
        } else if (family == Family.IPV6) {
            into.source(bytes.getLong(at), bytes.getLong(at + 8));
            into.destination(bytes.getLong(at + 16), bytes.getLong(at + 24));
            ports(bytes, at + 32, into);
        }
        return Result.COMPLETE;
    }

    private static void ports(ByteBuffer bytes, int at, ProxyHeader into) {
        into.ports(Short.toUnsignedInt(bytes.getShort(at)), Short.toUnsignedInt(bytes.getShort(at + 2)));
    }

    private static int addressBytes(int family) {
        return switch (family) {
            case 1 -> 12;
            case 2 -> 36;
            case 3 -> 2 * ProxyHeader.UNIX_PATH_BYTES;
            default -> 0;
        };
    }

    private HeaderProblem checkTlvs(ByteBuffer bytes, int from, int end) {
        int checksumAt = -1;
        tlv.wrap(bytes, from, end);
        while (tlv.next()) {
            switch (tlv.type()) {
                case TlvType.CRC32C -> {
                    if (tlv.length() != 4 || checksumAt >= 0) {
                        return HeaderProblem.BAD_CHECKSUM;
                    }
                    checksumAt = tlv.valueStart();
                }
                case TlvType.UNIQUE_ID -> {
                    if (tlv.length() > MOST_UNIQUE_ID_BYTES) {
                        return HeaderProblem.BAD_UNIQUE_ID;
                    }
                }
                case TlvType.SSL -> {
                    if (tlv.length() < TlvType.SSL_PREFIX_BYTES || !endsExactly(tlv.sslFields(inner))) {
                        return HeaderProblem.BAD_TLV;
                    }
                }
                default -> {}
            }
        }
        if (!tlv.isAtEnd()) {
            return HeaderProblem.BAD_TLV;
        }
        return checksumAt < 0 || checksum(bytes, checksumAt, end) == bytes.getInt(checksumAt)
                ? HeaderProblem.NONE
                : HeaderProblem.BAD_CHECKSUM;
    }

    private static boolean endsExactly(TlvCursor fields) {
        while (fields.next()) {
            // only to see where they end
        }
        return fields.isAtEnd();
    }

    /** Of the header from the buffer's position to {@code end}, with the field at {@code fieldAt} taken for zero. */
    private int checksum(ByteBuffer bytes, int fieldAt, int end) {
        return checksum(checksum, bytes, bytes.position(), fieldAt, end);
    }

    static int checksum(CRC32C sum, ByteBuffer bytes, int start, int fieldAt, int end) {
        int position = bytes.position();
        int limit = bytes.limit();
        sum.reset();
        bytes.limit(fieldAt).position(start);
        sum.update(bytes);
        sum.update(ZEROS, 0, ZEROS.length);
        bytes.limit(end).position(fieldAt + ZEROS.length);
        sum.update(bytes);
        bytes.limit(limit).position(position);
        return (int) sum.getValue();
    }

    static void putSignature(ByteBuffer into) {
        into.put(SIGNATURE);
    }

    private Result invalid(HeaderProblem why) {
        problem = why;
        return Result.INVALID;
    }
}

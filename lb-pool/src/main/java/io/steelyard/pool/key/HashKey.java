package io.steelyard.pool.key;

import io.steelyard.api.schedule.Flow;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.api.text.Template;
import io.steelyard.realip.address.AddressText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the hash key of a pool into a {@link Flow}, out of what the flow itself tells: the client, the address it spoke to, the protocol.
 * Filling allocates nothing once its buffer is large enough.
 *
 * <p>It has a buffer of its own, so one thread at a time: each data loop compiles its own.
 */
public final class HashKey {
    private final Piece[] pieces;
    private final byte[] buffer;

    private HashKey(List<Piece> pieces) {
        this.pieces = pieces.toArray(Piece[]::new);
        buffer = new byte[pieces.stream().mapToInt(Piece::maxLength).sum()];
    }

    /** Whether a flow tells all that {@code template} needs. Other templates are evaluated for each connection and set as text. */
    public static boolean supports(Template template) {
        return template.parts().stream().allMatch(HashKey::isSupported);
    }

    /**
     * Prepares a key.
     *
     * @throws IllegalArgumentException where {@link #supports} says no, with the first variable it does not know
     */
    public static HashKey compile(Template template) {
        var pieces = new ArrayList<Piece>();
        for (var part : template.parts()) {
            switch (part) {
                case Template.Part.Literal literal ->
                    pieces.add(new Literal(literal.text().getBytes(StandardCharsets.UTF_8)));
                case Template.Part.Variable variable -> pieces.add(piece(variable.name()));
            }
        }
        return new HashKey(pieces);
    }

    /** Sets the key of {@code flow}, whose client, destination and protocol are set already. */
    public void fill(Flow flow) {
        int end = 0;
        for (var piece : pieces) {
            end = piece.write(flow, buffer, end);
        }
        flow.key(buffer, 0, end);
    }

    private static boolean isSupported(Template.Part part) {
        return part instanceof Template.Part.Literal
                || (part instanceof Template.Part.Variable variable
                        && BuiltInVariable.named(variable.name())
                                .filter(HashKey::isOfFlow)
                                .isPresent());
    }

    private static boolean isOfFlow(BuiltInVariable variable) {
        return switch (variable) {
            case REMOTE_ADDR, REMOTE_PORT, BINARY_REMOTE_ADDR, SERVER_ADDR, SERVER_PORT, PROTOCOL -> true;
            default -> false;
        };
    }

    private static Piece piece(String name) {
        return BuiltInVariable.named(name)
                .filter(HashKey::isOfFlow)
                .<Piece>map(variable -> switch (variable) {
                    case REMOTE_ADDR -> new ClientAddress();
                    case REMOTE_PORT -> new ClientPort();
                    case BINARY_REMOTE_ADDR -> new BinaryClientAddress();
                    case SERVER_ADDR -> new DestinationAddress();
                    case SERVER_PORT -> new DestinationPort();
                    default -> new ProtocolName();
                })
                .orElseThrow(() -> new IllegalArgumentException("a flow does not tell the variable '$" + name + "'"));
    }

    /** A part of the key. */
    private sealed interface Piece {
        int maxLength();

        /** Writes from {@code at} on and returns where it ends. */
        int write(Flow flow, byte[] into, int at);
    }

    private static final class Literal implements Piece {
        private final byte[] text;

        Literal(byte[] text) {
            this.text = text;
        }

        @Override
        public int maxLength() {
            return text.length;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            System.arraycopy(text, 0, into, at, text.length);
            return at + text.length;
        }
    }

    private record ClientAddress() implements Piece {
        @Override
        public int maxLength() {
            return AddressText.MAX_LENGTH;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            if (!flow.hasClientAddress()) {
                into[at] = 'u';
                into[at + 1] = 'n';
                into[at + 2] = 'i';
                into[at + 3] = 'x';
                into[at + 4] = ':';
                return at + 5;
            }
            return flow.isClientIpv4()
                    ? AddressText.writeIpv4((int) flow.clientLow(), into, at)
                    : AddressText.writeIpv6(flow.clientHigh(), flow.clientLow(), into, at);
        }
    }

    private record ClientPort() implements Piece {
        @Override
        public int maxLength() {
            return 5;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            return flow.hasClientAddress() ? AddressText.writeDecimal(flow.clientPort(), into, at) : at;
        }
    }

    private record BinaryClientAddress() implements Piece {
        @Override
        public int maxLength() {
            return 16;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            if (!flow.hasClientAddress()) {
                return at;
            }
            if (flow.isClientIpv4()) {
                return writeBytes(flow.clientLow(), 4, into, at);
            }
            return writeBytes(flow.clientLow(), 8, into, writeBytes(flow.clientHigh(), 8, into, at));
        }

        private static int writeBytes(long value, int count, byte[] into, int at) {
            for (int i = count - 1; i >= 0; i--) {
                into[at++] = (byte) (value >>> (i * 8));
            }
            return at;
        }
    }

    private record DestinationAddress() implements Piece {
        @Override
        public int maxLength() {
            return AddressText.MAX_LENGTH;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            if (!flow.hasDestinationAddress()) {
                return at;
            }
            return flow.isDestinationIpv4()
                    ? AddressText.writeIpv4((int) flow.destinationLow(), into, at)
                    : AddressText.writeIpv6(flow.destinationHigh(), flow.destinationLow(), into, at);
        }
    }

    private record DestinationPort() implements Piece {
        @Override
        public int maxLength() {
            return 5;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            return flow.hasDestinationAddress() ? AddressText.writeDecimal(flow.destinationPort(), into, at) : at;
        }
    }

    private record ProtocolName() implements Piece {
        @Override
        public int maxLength() {
            return 3;
        }

        @Override
        public int write(Flow flow, byte[] into, int at) {
            into[at] = (byte) (flow.isUdp() ? 'U' : 'T');
            into[at + 1] = (byte) (flow.isUdp() ? 'D' : 'C');
            into[at + 2] = 'P';
            return at + 3;
        }
    }
}

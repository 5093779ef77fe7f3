package io.steelyard.config.haproxy.expression;

import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** A value taken from a connection or request, or made of one. Immutable but for the bytes of {@link Binary}, which nobody changes. */
public sealed interface Sample {
    /** The kinds of samples, and what an expression may be cast to. */
    enum Type {
        BOOL,
        SINT,
        ADDR,
        STR,
        BIN,
        METHOD
    }

    /** Which kind it is. */
    Type type();

    /** A truth. */
    record Bool(boolean value) implements Sample {
        @Override
        public Type type() {
            return Type.BOOL;
        }
    }

    /** A whole number with a sign. */
    record Sint(long value) implements Sample {
        @Override
        public Type type() {
            return Type.SINT;
        }
    }

    /** An IPv4 or IPv6 address. */
    record Addr(InetAddress value) implements Sample {
        @Override
        public Type type() {
            return Type.ADDR;
        }
    }

    /** Text; each character is a byte where it came from the network (ISO 8859-1). */
    record Str(String value) implements Sample {
        @Override
        public Type type() {
            return Type.STR;
        }
    }

    /** Bytes. */
    record Binary(byte[] value) implements Sample {
        @Override
        public Type type() {
            return Type.BIN;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Binary binary && java.util.Arrays.equals(value, binary.value);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(value);
        }
    }

    /** A request method. */
    record Method(String value) implements Sample {
        @Override
        public Type type() {
            return Type.METHOD;
        }
    }

    /** As text: numbers in decimal, truths as 1 and 0, each byte as a character (ISO 8859-1). */
    default String text() {
        return switch (this) {
            case Bool bool -> bool.value() ? "1" : "0";
            case Sint number -> Long.toString(number.value());
            case Addr address -> addressText(address.value());
            case Str text -> text.value();
            case Binary binary -> new String(binary.value(), StandardCharsets.ISO_8859_1);
            case Method method -> method.value();
        };
    }

    private static String addressText(InetAddress address) {
        if (address.getAddress().length == 4) {
            return address.getHostAddress();
        }
        return Ipv6Text.of(address.getAddress());
    }

    /** The same as another type; empty where it cannot be one. */
    default Optional<Sample> as(Type wanted) {
        if (type() == wanted) {
            return Optional.of(this);
        }
        return switch (wanted) {
            case STR -> Optional.of(new Str(text()));
            case BIN -> bytes().map(Binary::new);
            case SINT -> number().map(Sint::new);
            case BOOL -> number().map(value -> new Bool(value != 0));
            case ADDR -> address();
            case METHOD -> this instanceof Str text ? Optional.of(new Method(text.value())) : Optional.empty();
        };
    }

    private Optional<byte[]> bytes() {
        return switch (this) {
            case Addr address -> Optional.of(address.value().getAddress());
            case Str text -> Optional.of(text.value().getBytes(StandardCharsets.ISO_8859_1));
            case Method method -> Optional.of(method.value().getBytes(StandardCharsets.ISO_8859_1));
            case Sint number ->
                Optional.of(
                        java.nio.ByteBuffer.allocate(8).putLong(number.value()).array());
            default -> Optional.empty();
        };
    }

    private Optional<Long> number() {
        return switch (this) {
            case Bool bool -> Optional.of(bool.value() ? 1L : 0L);
            case Sint number -> Optional.of(number.value());
            case Addr address ->
                address.value().getAddress().length == 4
                        ? Optional.of(Integer.toUnsignedLong(
                                java.nio.ByteBuffer.wrap(address.value().getAddress())
                                        .getInt()))
                        : Optional.empty();
            case Str text -> Optional.of(leadingNumber(text.value()));
            default -> Optional.empty();
        };
    }

    /** The number a text begins with; 0 where it begins with none, as in HAProxy. */
    private static long leadingNumber(String text) {
        boolean isNegative = text.startsWith("-");
        long value = 0;
        for (int i = isNegative ? 1 : 0; i < text.length() && i < 19; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
        }
        return isNegative ? -value : value;
    }

    private Optional<Sample> address() {
        if (!(this instanceof Str text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Addr(ServerAddress.numericAddress(text.value())));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}

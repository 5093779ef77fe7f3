package io.steelyard.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Which packets a socket takes: a program of the kernel's classic packet filter (the kernel's Documentation/networking/filter.rst). A packet
 * that fails one of the conditions is dropped in the kernel before it takes room in the socket's buffer. Immutable.
 *
 * <pre>{@code
 *   // ARP answers and requests from a sender's address
 *   SocketFilter.builder().require16(12, 0x0806).require32(28, 0x0A000001).build();
 * }</pre>
 *
 * <p>Offsets count from the frame's first byte on a packet socket, from the IP header's on an IPv4 raw socket, and from the payload's on an
 * IPv6 raw socket.
 */
public final class SocketFilter {
    private static final int INSTRUCTION_BYTES = 8;

    /** {@link Builder#requireAny32}: the greatest number of values. */
    public static final int MOST_ALTERNATIVES = 100;

    private final MemorySegment memory;

    private SocketFilter(MemorySegment memory) {
        this.memory = memory;
    }

    /** Conditions that all must hold. */
    public static Builder builder() {
        return new Builder();
    }

    int length() {
        return (int) (memory.byteSize() / INSTRUCTION_BYTES);
    }

    MemorySegment memory() {
        return memory;
    }

    /** Collects conditions. */
    public static final class Builder {
        private static final int LOAD_32 = 0x20;
        private static final int LOAD_16 = 0x28;
        private static final int LOAD_8 = 0x30;
        private static final int LOAD_LENGTH_INTO_INDEX = 0xB1;
        private static final int LOAD_8_INDEXED = 0x50;
        private static final int AND = 0x54;
        private static final int JUMP_IF_EQUAL = 0x15;
        private static final int JUMP_LIMIT = 250;
        private static final int RETURN = 0x06;
        private static final int WHOLE_PACKET = 0x40000;

        /** What follows a comparison that fails. */
        private enum Unequal {
            /** No comparison. */
            NONE,
            /** The packet is dropped. */
            DROP,
            /** The next one of several alternatives. */
            NEXT
        }

        /** @param skipIfEqual how many instructions are left out where a comparison holds */
        private record Instruction(int code, int operand, Unequal unequal, int skipIfEqual) {}

        private final List<Instruction> instructions = new ArrayList<>();

        private Builder() {}

        /** The byte at {@code offset} is {@code value}. */
        public Builder require8(int offset, int value) {
            return require(LOAD_8, offset, value);
        }

        /** The 16 bits at {@code offset}, in network order, are {@code value}. */
        public Builder require16(int offset, int value) {
            return require(LOAD_16, offset, value);
        }

        /** The 32 bits at {@code offset}, in network order, are {@code value}. */
        public Builder require32(int offset, int value) {
            return require(LOAD_32, offset, value);
        }

        /** The byte at {@code offset} is {@code value} in the bits of {@code mask}. */
        public Builder require8(int offset, int mask, int value) {
            load(LOAD_8, offset);
            instructions.add(new Instruction(AND, mask, Unequal.NONE, 0));
            return equal(value);
        }

        /** The byte at {@code offset} behind an IPv4 header that begins at {@code header} is {@code value}; the header may have options. */
        public Builder require8BehindIpv4(int header, int offset, int value) {
            load(LOAD_LENGTH_INTO_INDEX, header);
            load(LOAD_8_INDEXED, header + offset);
            return equal(value);
        }

        /**
         * The 32 bits at {@code offset}, in network order, are one of {@code values}.
         *
         * @param values 1 to 100
         */
        public Builder requireAny32(int offset, int... values) {
            if (values.length < 1 || values.length > MOST_ALTERNATIVES) {
                throw new IllegalArgumentException(values.length + " alternatives, expected 1 to " + MOST_ALTERNATIVES);
            }
            load(LOAD_32, offset);
            for (int i = 0; i < values.length; i++) {
                int left = values.length - 1 - i;
                instructions.add(
                        new Instruction(JUMP_IF_EQUAL, values[i], left == 0 ? Unequal.DROP : Unequal.NEXT, left));
            }
            return this;
        }

        private Builder require(int load, int offset, int value) {
            load(load, offset);
            return equal(value);
        }

        private void load(int code, int offset) {
            if (offset < 0) {
                throw new IllegalArgumentException("offset is " + offset + ", expected at least 0");
            }
            instructions.add(new Instruction(code, offset, Unequal.NONE, 0));
        }

        private Builder equal(int value) {
            instructions.add(new Instruction(JUMP_IF_EQUAL, value, Unequal.DROP, 0));
            return this;
        }

        /** The filter. @throws IllegalStateException where there are more conditions than the kernel's jumps reach across, about 120 */
        public SocketFilter build() {
            if (instructions.size() > JUMP_LIMIT) {
                throw new IllegalStateException("the filter has " + instructions.size()
                        + " instructions before its end, expected at most " + JUMP_LIMIT);
            }
            var all = new ArrayList<>(instructions);
            all.add(new Instruction(RETURN, WHOLE_PACKET, Unequal.NONE, 0));
            all.add(new Instruction(RETURN, 0, Unequal.NONE, 0));
            int last = all.size() - 1;
            // struct sock_filter: code 16, jump if true 8, jump if false 8, operand 32. Jumps count from the next
            // instruction.
            var memory = Arena.ofAuto().allocate((long) all.size() * INSTRUCTION_BYTES, 8);
            for (int i = 0; i <= last; i++) {
                var instruction = all.get(i);
                long at = (long) i * INSTRUCTION_BYTES;
                memory.set(JAVA_SHORT, at, (short) instruction.code());
                memory.set(JAVA_BYTE, at + 2, (byte) instruction.skipIfEqual());
                memory.set(JAVA_BYTE, at + 3, (byte) (instruction.unequal() == Unequal.DROP ? last - i - 1 : 0));
                memory.set(JAVA_INT, at + 4, instruction.operand());
            }
            return new SocketFilter(memory);
        }
    }
}

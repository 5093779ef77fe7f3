package io.steelyard.linux.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * An Ethernet frame with a neighbour solicitation or advertisement of IPv6 (RFC 4861 sections 4.3 and 4.4), as a flyweight. Reusable, for
 * one thread at a time.
 *
 * <pre>
 *  0  destination 48   6  source 48   12 type 0x86DD
 *  14 version and class   18 length 16   20 next header 58   21 hop limit 255   22 source 128   38 destination 128
 *  54 type: 135 solicitation, 136 advertisement   55 code 0   56 checksum 16   58 flags R S O   62 target 128
 *  78 option: type 1 of the sender, 2 of the target, length 1 (of 8 bytes), hardware address 48
 * </pre>
 */
public final class NeighborFrame {
    /** The greatest length of a frame that is written. */
    public static final int MAX_LENGTH_BYTES = 86;

    /** The Ethernet type of IPv6. */
    public static final int ETHER_TYPE = 0x86DD;

    /** {@link #type}: who has the target? */
    public static final int SOLICITATION = 135;

    /** {@link #type}: the sender has it. */
    public static final int ADVERTISEMENT = 136;

    /** Where the next header lies, for a filter; it is {@link #ICMPV6}. */
    public static final int NEXT_HEADER = 20;

    /** Where the ICMP type lies, for a filter. */
    public static final int ICMP_TYPE = 54;

    /** Where the last 32 bits of the target lie, for a filter. */
    public static final int TARGET_END = 74;

    /** The number of ICMP for IPv6. */
    public static final int ICMPV6 = 58;

    private static final int LEAST_LENGTH = 78;
    private static final int SOURCE_HARDWARE = 6;
    private static final int ETHERNET_TYPE = 12;
    private static final int VERSION = 14;
    private static final int PAYLOAD_LENGTH = 18;
    private static final int HOP_LIMIT = 21;
    private static final int SOURCE = 22;
    private static final int DESTINATION = 38;
    private static final int CODE = 55;
    private static final int CHECKSUM = 56;
    private static final int FLAGS = 58;
    private static final int TARGET = 62;
    private static final int OPTION = 78;
    private static final int WITHOUT_OPTION = 24;
    private static final int WITH_OPTION = 32;
    private static final int OWN_LINK_OPTION = 0x0101;
    private static final int TARGET_LINK_OPTION = 0x0201;
    private static final int ROUTER = 0x8000_0000;
    private static final int SOLICITED = 0x4000_0000;
    private static final int OVERRIDE = 0x2000_0000;
    private static final long VERSION_6 = 0x6000_0000;
    private static final long ALL_NODES_HIGH = 0xFF02_0000_0000_0000L;
    private static final long ALL_NODES_LOW = 1;
    private static final long SOLICITED_NODE_LOW = 0x0000_0001_FF00_0000L;
    private static final long GROUP_HARDWARE = 0x3333_0000_0000L;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private MemorySegment memory = MemorySegment.NULL;
    private long at;

    /** Lays the frame over memory of at least {@value #MAX_LENGTH_BYTES} bytes from {@code offset}. */
    public NeighborFrame wrap(MemorySegment memory, long offset) {
        java.util.Objects.checkFromIndexSize(offset, MAX_LENGTH_BYTES, memory.byteSize());
        this.memory = memory;
        at = offset;
        return this;
    }

    /**
     * Writes an unsolicited advertisement to all nodes: the sender has the address, and what is known otherwise is to be overridden (RFC 4861
     * section 7.2.6).
     *
     * @param isRouter whether the sender forwards packets; keepalived says so
     * @return the frame's length
     */
    public int encodeAnnouncement(long hardwareAddress, long high, long low, boolean isRouter) {
        memory.set(INT, at + FLAGS, OVERRIDE | (isRouter ? ROUTER : 0));
        option(TARGET_LINK_OPTION, hardwareAddress);
        return finish(ADVERTISEMENT, hardwareAddress, high, low, ALL_NODES_HIGH, ALL_NODES_LOW, high, low, WITH_OPTION);
    }

    /**
     * Writes a probe from the unspecified address: does anybody have this one? Nobody learns anything of the sender (RFC 4862 section 5.4.2).
     *
     * @return the frame's length
     */
    public int encodeProbe(long hardwareAddress, long high, long low) {
        memory.set(INT, at + FLAGS, 0);
        return finish(
                SOLICITATION,
                hardwareAddress,
                0,
                0,
                ALL_NODES_HIGH,
                SOLICITED_NODE_LOW | low & 0xFF_FFFF,
                high,
                low,
                WITHOUT_OPTION);
    }

    /** Writes an ordinary solicitation. @return the frame's length */
    public int encodeSolicitation(long hardwareAddress, long sourceHigh, long sourceLow, long high, long low) {
        memory.set(INT, at + FLAGS, 0);
        option(OWN_LINK_OPTION, hardwareAddress);
        return finish(
                SOLICITATION,
                hardwareAddress,
                sourceHigh,
                sourceLow,
                ALL_NODES_HIGH,
                SOLICITED_NODE_LOW | low & 0xFF_FFFF,
                high,
                low,
                WITH_OPTION);
    }

    private void option(int typeAndLength, long hardwareAddress) {
        memory.set(SHORT, at + OPTION, (short) typeAndLength);
        put48(OPTION + 2, hardwareAddress);
    }

    /** Writes all that is left; the flags and the option are there already. */
    private int finish(
            int type,
            long hardwareAddress,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long targetHigh,
            long targetLow,
            int length) {
        put48(0, GROUP_HARDWARE | destinationLow & 0xFFFF_FFFFL);
        put48(SOURCE_HARDWARE, hardwareAddress);
        memory.set(SHORT, at + ETHERNET_TYPE, (short) ETHER_TYPE);
        memory.set(INT, at + VERSION, (int) VERSION_6);
        memory.set(SHORT, at + PAYLOAD_LENGTH, (short) length);
        memory.set(BYTE, at + NEXT_HEADER, (byte) ICMPV6);
        memory.set(BYTE, at + HOP_LIMIT, (byte) 255);
        memory.set(LONG, at + SOURCE, sourceHigh);
        memory.set(LONG, at + SOURCE + 8, sourceLow);
        memory.set(LONG, at + DESTINATION, destinationHigh);
        memory.set(LONG, at + DESTINATION + 8, destinationLow);
        memory.set(BYTE, at + ICMP_TYPE, (byte) type);
        memory.set(BYTE, at + CODE, (byte) 0);
        memory.set(SHORT, at + CHECKSUM, (short) 0);
        memory.set(LONG, at + TARGET, targetHigh);
        memory.set(LONG, at + TARGET + 8, targetLow);
        memory.set(SHORT, at + CHECKSUM, (short) Checksum.of(sum(length)));
        return ICMP_TYPE + length;
    }

    private long sum(int length) {
        long pseudo = Checksum.addIpv6PseudoHeader(0, memory, at + SOURCE, length, ICMPV6);
        return Checksum.add(pseudo, memory, at + ICMP_TYPE, length);
    }

    /**
     * Whether what was received is a whole solicitation or advertisement that a node believes (RFC 4861 sections 7.1.1 and 7.1.2): hop limit
     * 255, code 0, right checksum. The other readers want it to be.
     */
    public boolean isValid(long receivedBytes) {
        if (receivedBytes < LEAST_LENGTH
                || memory.get(SHORT, at + ETHERNET_TYPE) != (short) ETHER_TYPE
                || memory.get(BYTE, at + NEXT_HEADER) != ICMPV6
                || memory.get(BYTE, at + HOP_LIMIT) != (byte) 255
                || memory.get(BYTE, at + CODE) != 0
                || type() != SOLICITATION && type() != ADVERTISEMENT) {
            return false;
        }
        int length = payloadLength();
        return length >= WITHOUT_OPTION && ICMP_TYPE + length <= receivedBytes && Checksum.of(sum(length)) == 0;
    }

    /** {@link #SOLICITATION} or {@link #ADVERTISEMENT}. */
    public int type() {
        return Byte.toUnsignedInt(memory.get(BYTE, at + ICMP_TYPE));
    }

    /** The upper half of the address that is asked for or told of. */
    public long targetHigh() {
        return memory.get(LONG, at + TARGET);
    }

    /** The lower half of the address that is asked for or told of. */
    public long targetLow() {
        return memory.get(LONG, at + TARGET + 8);
    }

    /** The upper half of the sender's address; with the lower one 0 in a probe. */
    public long sourceHigh() {
        return memory.get(LONG, at + SOURCE);
    }

    /** The lower half of the sender's address. */
    public long sourceLow() {
        return memory.get(LONG, at + SOURCE + 8);
    }

    /** Whether the advertisement answers a solicitation. */
    public boolean isSolicited() {
        return (memory.get(INT, at + FLAGS) & SOLICITED) != 0;
    }

    /** The hardware address the message tells of, where its first option does; otherwise the frame's source. */
    public long hardwareAddress() {
        int option = payloadLength() >= WITH_OPTION ? memory.get(SHORT, at + OPTION) : 0;
        return get48(option == OWN_LINK_OPTION || option == TARGET_LINK_OPTION ? OPTION + 2 : SOURCE_HARDWARE);
    }

    private int payloadLength() {
        return Short.toUnsignedInt(memory.get(SHORT, at + PAYLOAD_LENGTH));
    }

    private void put48(int offset, long value) {
        memory.set(SHORT, at + offset, (short) (value >>> 32));
        memory.set(INT, at + offset + 2, (int) value);
    }

    private long get48(int offset) {
        return Short.toUnsignedLong(memory.get(SHORT, at + offset)) << 32
                | Integer.toUnsignedLong(memory.get(INT, at + offset + 2));
    }
}

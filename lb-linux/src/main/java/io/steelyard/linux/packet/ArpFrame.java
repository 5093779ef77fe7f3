package io.steelyard.linux.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * An Ethernet frame with an ARP packet for IPv4 (RFC 826), as a flyweight. Reusable, for one thread at a time.
 *
 * <pre>
 *  0  destination 48   6  source 48   12 type 0x0806
 *  14 hardware 1       16 protocol 0x0800   18 length 6   19 length 4   20 operation: 1 request, 2 reply
 *  22 sender's hardware address 48    28 sender's address 32
 *  32 target's hardware address 48    38 target's address 32
 * </pre>
 */
public final class ArpFrame {
    /** How long the frame is, without padding. */
    public static final int LENGTH_BYTES = 42;

    /** The Ethernet type of ARP. */
    public static final int ETHER_TYPE = 0x0806;

    /** {@link #operation}: who has the target's address? */
    public static final int REQUEST = 1;

    /** {@link #operation}: the sender has it. */
    public static final int REPLY = 2;

    /** Where the sender's address lies, for a filter. */
    public static final int SENDER_ADDRESS = 28;

    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final int SOURCE = 6;
    private static final int TYPE = 12;
    private static final int HARDWARE = 14;
    private static final int PROTOCOL = 16;
    private static final int LENGTHS = 18;
    private static final int OPERATION = 20;
    private static final int SENDER = 22;
    private static final int TARGET = 32;
    private static final int TARGET_ADDRESS = 38;
    private static final int ETHERNET = 1;
    private static final int IPV4 = 0x0800;
    private static final int SIX_AND_FOUR = 0x0604;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private MemorySegment memory = MemorySegment.NULL;
    private long at;

    /** Lays the frame over memory of at least {@value #LENGTH_BYTES} bytes from {@code offset}. */
    public ArpFrame wrap(MemorySegment memory, long offset) {
        java.util.Objects.checkFromIndexSize(offset, LENGTH_BYTES, memory.byteSize());
        this.memory = memory;
        at = offset;
        return this;
    }

    /**
     * Writes a gratuitous ARP request to all: the sender has this address (RFC 5227 section 2.3, as keepalived sends it).
     *
     * @return {@value #LENGTH_BYTES}
     */
    public int encodeAnnouncement(long hardwareAddress, int address) {
        return encode(REQUEST, hardwareAddress, address, address);
    }

    /**
     * Writes a probe to all: does anybody have this address? It says nothing of the sender's address, so that nobody learns it (RFC 5227
     * section 2.1.1).
     *
     * @return {@value #LENGTH_BYTES}
     */
    public int encodeProbe(long hardwareAddress, int address) {
        return encode(REQUEST, hardwareAddress, 0, address);
    }

    /** Writes an ordinary request to all. @return {@value #LENGTH_BYTES} */
    public int encodeRequest(long hardwareAddress, int senderAddress, int targetAddress) {
        return encode(REQUEST, hardwareAddress, senderAddress, targetAddress);
    }

    private int encode(int operation, long hardwareAddress, int senderAddress, int targetAddress) {
        put48(0, BROADCAST);
        put48(SOURCE, hardwareAddress);
        memory.set(SHORT, at + TYPE, (short) ETHER_TYPE);
        memory.set(SHORT, at + HARDWARE, (short) ETHERNET);
        memory.set(SHORT, at + PROTOCOL, (short) IPV4);
        memory.set(SHORT, at + LENGTHS, (short) SIX_AND_FOUR);
        memory.set(SHORT, at + OPERATION, (short) operation);
        put48(SENDER, hardwareAddress);
        memory.set(INT, at + SENDER_ADDRESS, senderAddress);
        put48(TARGET, 0);
        memory.set(INT, at + TARGET_ADDRESS, targetAddress);
        return LENGTH_BYTES;
    }

    /** Whether what was received is ARP for IPv4 over Ethernet, whole; the other readers want it to be. */
    public boolean isValid(long receivedBytes) {
        return receivedBytes >= LENGTH_BYTES
                && memory.get(SHORT, at + TYPE) == ETHER_TYPE
                && memory.get(SHORT, at + HARDWARE) == ETHERNET
                && memory.get(SHORT, at + PROTOCOL) == IPV4
                && memory.get(SHORT, at + LENGTHS) == SIX_AND_FOUR;
    }

    /** {@link #REQUEST}, {@link #REPLY} or another. */
    public int operation() {
        return Short.toUnsignedInt(memory.get(SHORT, at + OPERATION));
    }

    /** The hardware address of the sender, by its own words. */
    public long senderHardwareAddress() {
        return get48(SENDER);
    }

    /** The sender's IPv4 address; 0 in a probe. */
    public int senderAddress() {
        return memory.get(INT, at + SENDER_ADDRESS);
    }

    /** The IPv4 address that is asked for. */
    public int targetAddress() {
        return memory.get(INT, at + TARGET_ADDRESS);
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

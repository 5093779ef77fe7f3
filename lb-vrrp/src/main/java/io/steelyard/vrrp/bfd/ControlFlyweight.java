package io.steelyard.vrrp.bfd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A BFD control packet in memory, without authentication: holds no data, trusts the length that its user checked. Intervals are unsigned microseconds.
 * Used by one thread at a time.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-----+---------+---+-+-+-+-+-+-+---------------+---------------+
 *  |  1  |diagnosis|sta|P|F|C|A|D|M|  multiplier   |    length     |
 *  +-----+---------+---+-+-+-+-+-+-+---------------+---------------+
 *  |                     the sender's discriminator                |
 *  |                    the receiver's discriminator               |
 *  |                    desired min TX interval                    |
 *  |                    required min RX interval                   |
 *  |                  required min echo RX interval                |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>RFC 5880 section 4.1.
 */
public final class ControlFlyweight {
    /** Octets without authentication. */
    public static final int LENGTH = 24;

    /** The only version there is. */
    public static final int VERSION = 1;

    private static final int VERSION_DIAGNOSTIC = 0;
    private static final int STATE_FLAGS = 1;
    private static final int MULTIPLIER = 2;
    private static final int PACKET_LENGTH = 3;
    private static final int MY_DISCRIMINATOR = 4;
    private static final int YOUR_DISCRIMINATOR = 8;
    private static final int DESIRED_MIN_TX = 12;
    private static final int REQUIRED_MIN_RX = 16;
    private static final int REQUIRED_MIN_ECHO_RX = 20;

    private static final int POLL = 0x20;
    private static final int FINAL = 0x10;
    private static final int AUTHENTICATION = 0x04;
    private static final int DEMAND = 0x02;
    private static final int MULTIPOINT = 0x01;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private MemorySegment memory = MemorySegment.NULL;
    private long offset;

    public ControlFlyweight() {}

    /** Looks at the packet at {@code offset} of {@code memory}, of which {@value #LENGTH} octets must be there before others are read. */
    public ControlFlyweight wrap(MemorySegment memory, long offset) {
        this.memory = memory;
        this.offset = offset;
        return this;
    }

    private int byteAt(int field) {
        return memory.get(JAVA_BYTE, offset + field) & 0xFF;
    }

    private long unsignedAt(int field) {
        return Integer.toUnsignedLong(memory.get(INT, offset + field));
    }

    public int version() {
        return byteAt(VERSION_DIAGNOSTIC) >>> 5;
    }

    public Diagnostic diagnostic() {
        return Diagnostic.of(byteAt(VERSION_DIAGNOSTIC) & 0x1F);
    }

    public SessionPhase phase() {
        return SessionPhase.of(byteAt(STATE_FLAGS) >>> 6);
    }

    public boolean isPoll() {
        return (byteAt(STATE_FLAGS) & POLL) != 0;
    }

    public boolean isFinal() {
        return (byteAt(STATE_FLAGS) & FINAL) != 0;
    }

    public boolean isAuthenticated() {
        return (byteAt(STATE_FLAGS) & AUTHENTICATION) != 0;
    }

    public boolean isDemand() {
        return (byteAt(STATE_FLAGS) & DEMAND) != 0;
    }

    public boolean isMultipoint() {
        return (byteAt(STATE_FLAGS) & MULTIPOINT) != 0;
    }

    public int detectMultiplier() {
        return byteAt(MULTIPLIER);
    }

    /** What the packet says of itself. */
    public int length() {
        return byteAt(PACKET_LENGTH);
    }

    public int myDiscriminator() {
        return memory.get(INT, offset + MY_DISCRIMINATOR);
    }

    public int yourDiscriminator() {
        return memory.get(INT, offset + YOUR_DISCRIMINATOR);
    }

    public long desiredMinTxUs() {
        return unsignedAt(DESIRED_MIN_TX);
    }

    public long requiredMinRxUs() {
        return unsignedAt(REQUIRED_MIN_RX);
    }

    public long requiredMinEchoRxUs() {
        return unsignedAt(REQUIRED_MIN_ECHO_RX);
    }

    /** Writes the whole packet. @param isFinal it answers a poll; it does not poll then */
    public ControlFlyweight put(SessionState state, SessionSettings settings, boolean isFinal) {
        int flags = isFinal ? FINAL : state.isPolling() ? POLL : 0;
        memory.set(JAVA_BYTE, offset + VERSION_DIAGNOSTIC, (byte)
                (VERSION << 5 | state.diagnostic().ordinal()));
        memory.set(JAVA_BYTE, offset + STATE_FLAGS, (byte) (state.phase().ordinal() << 6 | flags));
        memory.set(JAVA_BYTE, offset + MULTIPLIER, (byte) settings.detectMultiplier());
        memory.set(JAVA_BYTE, offset + PACKET_LENGTH, (byte) LENGTH);
        memory.set(INT, offset + MY_DISCRIMINATOR, state.discriminator());
        memory.set(INT, offset + YOUR_DISCRIMINATOR, state.remote().discriminator());
        memory.set(INT, offset + DESIRED_MIN_TX, (int) settings.desiredMinTxUs(state.phase()));
        memory.set(INT, offset + REQUIRED_MIN_RX, (int) settings.requiredMinRxUs());
        memory.set(INT, offset + REQUIRED_MIN_ECHO_RX, 0);
        return this;
    }
}

package io.steelyard.linux.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * One netlink message being written (netlink(7)): a header, a fixed structure of its type, and attributes, in the machine's byte order. Pure:
 * memory only. Reusable, for one thread at a time.
 *
 * <pre>
 *  nlmsghdr   0 length 32   4 type 16   6 flags 16   8 sequence 32   12 port 32     then the body
 *  rtattr     0 length 16 (with these 4 bytes, without padding)   2 type 16   4 value, padded to a multiple of 4
 * </pre>
 */
public final class NetlinkMessage {
    /** The length of a message's header, in bytes. */
    public static final int HEADER_BYTES = 16;

    /** The message is a request. */
    public static final int REQUEST = 0x1;

    /** The kernel shall answer with an error number, 0 for success. */
    public static final int ACK = 0x4;

    /** All entries are asked for. */
    public static final int DUMP = 0x300;

    /** What exists is replaced. */
    public static final int REPLACE = 0x100;

    /** Fails where the entry exists. */
    public static final int EXCLUSIVE = 0x200;

    /** Makes the entry where it does not exist. */
    public static final int CREATE = 0x400;

    private static final int NESTED = 0x8000;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;

    private final MemorySegment memory;
    private int end;

    /** An empty message. @param capacityBytes the most it can hold, at least 64 */
    public NetlinkMessage(int capacityBytes) {
        if (capacityBytes < 64) {
            throw new IllegalArgumentException("capacityBytes is " + capacityBytes + ", expected at least 64");
        }
        memory = Arena.ofAuto().allocate(capacityBytes, 8);
    }

    /** Begins a message anew. @param flags {@link #ACK}, {@link #DUMP} and the others; {@link #REQUEST} is always set */
    public NetlinkMessage begin(int type, int flags) {
        memory.fill((byte) 0);
        memory.set(SHORT, 4, (short) type);
        memory.set(SHORT, 6, (short) (flags | REQUEST));
        end = HEADER_BYTES;
        return this;
    }

    /** Appends a byte of the fixed structure. */
    public NetlinkMessage put8(int value) {
        memory.set(ValueLayout.JAVA_BYTE, reserve(1), (byte) value);
        return this;
    }

    /** Appends 16 bits of the fixed structure. */
    public NetlinkMessage put16(int value) {
        memory.set(SHORT, reserve(2), (short) value);
        return this;
    }

    /** Appends 32 bits of the fixed structure. */
    public NetlinkMessage put32(int value) {
        memory.set(INT, reserve(4), value);
        return this;
    }

    /** Appends an attribute of 32 bits. */
    public NetlinkMessage attribute32(int type, int value) {
        int at = attribute(type, 4);
        memory.set(INT, at, value);
        return this;
    }

    /** Appends an attribute of 8 bits. */
    public NetlinkMessage attribute8(int type, int value) {
        int at = attribute(type, 1);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        return this;
    }

    /** Appends an attribute of 16 bits. */
    public NetlinkMessage attribute16(int type, int value) {
        int at = attribute(type, 2);
        memory.set(SHORT, at, (short) value);
        return this;
    }

    /** Appends an attribute of 64 bits. */
    public NetlinkMessage attribute64(int type, long value) {
        int at = attribute(type, 8);
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
        return this;
    }

    /** Appends an attribute of bytes, such as an address. */
    public NetlinkMessage attribute(int type, byte[] value) {
        int at = attribute(type, value.length);
        MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, at, value.length);
        return this;
    }

    /** Appends an attribute of text, ended by a zero byte. */
    public NetlinkMessage attribute(int type, String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        int at = attribute(type, bytes.length + 1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, bytes.length);
        return this;
    }

    /** Begins an attribute that holds attributes. @return what {@link #endNested} wants */
    public int beginNested(int type) {
        return attribute(type | NESTED, 0) - 4;
    }

    /** Ends an attribute that holds attributes. */
    public NetlinkMessage endNested(int nested) {
        memory.set(SHORT, nested, (short) (end - nested));
        return this;
    }

    /** How long the message is so far: where what is put next begins. What has its length in its first 16 bits is ended by {@link #endNested}. */
    public int lengthBytes() {
        return end;
    }

    /** Ends the message. @param sequence the number that the answers carry */
    public NetlinkMessage finish(int sequence) {
        memory.set(INT, 0, end);
        memory.set(INT, 8, sequence);
        return this;
    }

    /** The message's bytes, valid until {@link #begin}. */
    public MemorySegment bytes() {
        return memory.asSlice(0, end);
    }

    private int attribute(int type, int length) {
        int at = reserve(4 + length);
        memory.set(SHORT, at, (short) (4 + length));
        memory.set(SHORT, at + 2, (short) type);
        end = Math.min(end + 3 & -4, (int) memory.byteSize());
        return at + 4;
    }

    private int reserve(int bytes) {
        if (end + bytes > memory.byteSize()) {
            throw new IllegalStateException(
                    "the message would be longer than its capacity of " + memory.byteSize() + " bytes");
        }
        int at = end;
        end += bytes;
        return at;
    }
}

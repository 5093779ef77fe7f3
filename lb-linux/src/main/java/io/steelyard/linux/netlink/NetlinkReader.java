package io.steelyard.linux.netlink;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The netlink messages of one received datagram, one after the other (netlink(7)). Pure, and safe against any bytes: what does not fit its
 * own length ends the reading. Reusable, for one thread at a time.
 */
public final class NetlinkReader {
    /** {@link #type}: an error number, 0 for success. */
    static final int ERROR = 2;

    /** {@link #type}: a dump ends. */
    static final int DONE = 3;

    /** {@link #flags}: the table changed during the dump. */
    static final int DUMP_INTERRUPTED = 0x10;

    private static final int CAPPED = 0x100;
    private static final int ACK_ATTRIBUTES = 0x200;
    private static final int EXTENDED_MESSAGE = 1;

    private MemorySegment memory = MemorySegment.NULL;
    private long to;
    private long at;
    private long following;
    private int length;

    /** Reads the first {@code lengthBytes} of {@code memory}. */
    public NetlinkReader wrap(MemorySegment memory, long lengthBytes) {
        this.memory = memory.asSlice(0, lengthBytes);
        to = lengthBytes;
        following = 0;
        return this;
    }

    /** Goes on to the next message; false where there is none, or what is there is none. */
    public boolean next() {
        if (following + NetlinkMessage.HEADER_BYTES > to) {
            return false;
        }
        int whole = memory.get(ValueLayout.JAVA_INT_UNALIGNED, following);
        if (whole < NetlinkMessage.HEADER_BYTES || following + whole > to) {
            return false;
        }
        at = following;
        length = whole;
        following += whole + 3L & -4L;
        return true;
    }

    /** The message's type. */
    public int type() {
        return Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 4));
    }

    /** The message's flags. */
    public int flags() {
        return Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 6));
    }

    /** The number of the request this answers; 0 for what the kernel says by itself. */
    public int sequence() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + 8);
    }

    /** How long the body is, in bytes. */
    public int bodyLength() {
        return length - NetlinkMessage.HEADER_BYTES;
    }

    /** An unsigned byte of the body; 0 beyond its end. */
    public int int8(int offset) {
        return offset + 1 > bodyLength()
                ? 0
                : Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at + NetlinkMessage.HEADER_BYTES + offset));
    }

    /** 32 bits of the body; 0 beyond its end. */
    public int int32(int offset) {
        return offset + 4 > bodyLength()
                ? 0
                : memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + NetlinkMessage.HEADER_BYTES + offset);
    }

    /** The attributes behind a fixed structure of that many bytes. */
    public NetlinkAttributes attributes(int structureBytes) {
        return new NetlinkAttributes(memory, at + NetlinkMessage.HEADER_BYTES + structureBytes, at + length);
    }

    /** The error number of an {@link #ERROR} message or of the end of a dump: 0 or negative. */
    int errno() {
        return int32(0);
    }

    /** The kernel's own words on an error (NETLINK_EXT_ACK); empty where it has none. */
    String kernelMessage() {
        int offset = 4;
        if (type() == ERROR) {
            if ((flags() & ACK_ATTRIBUTES) == 0) {
                return "";
            }
            // Behind the error number comes the request: its header alone where the answer is capped.
            int request = (flags() & CAPPED) != 0 ? NetlinkMessage.HEADER_BYTES : int32(4) + 3 & -4;
            offset += request;
        }
        if (offset < 0 || offset > bodyLength()) {
            return "";
        }
        var attributes = attributes(offset);
        while (attributes.next()) {
            if (attributes.type() == EXTENDED_MESSAGE) {
                return attributes.text();
            }
        }
        return "";
    }
}

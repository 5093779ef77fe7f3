package io.steelyard.linux.netlink;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The attributes of a netlink message, or of an attribute, one after the other: {@link #next}, then {@link #type} and the value. Never reads
 * beyond its memory, whatever is in it; a value that is shorter than asked for reads as 0.
 */
public final class NetlinkAttributes {
    private static final int TYPE_MASK = 0x3FFF;

    private final MemorySegment memory;
    private final long to;
    private long at;
    private long following;
    private int length;
    private int type;

    NetlinkAttributes(MemorySegment memory, long from, long to) {
        this.memory = memory;
        this.to = to;
        following = from;
    }

    /** Goes on to the next attribute; false where there is none, or what is there is none. */
    public boolean next() {
        if (following + 4 > to) {
            return false;
        }
        int whole = Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, following));
        if (whole < 4 || following + whole > to) {
            return false;
        }
        type = Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, following + 2)) & TYPE_MASK;
        at = following + 4;
        length = whole - 4;
        following += whole + 3 & -4;
        return true;
    }

    /** The attribute's type, without the kernel's flags. */
    public int type() {
        return type;
    }

    /** The value's length in bytes. */
    public int length() {
        return length;
    }

    /** The value as an unsigned byte. */
    public int int8() {
        return length < 1 ? 0 : Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at));
    }

    /** The value as 32 bits. */
    public int int32() {
        return int32(0);
    }

    /** 32 bits of the value. @param offset where in the value */
    public int int32(int offset) {
        return length < offset + 4 ? 0 : memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + offset);
    }

    /** 16 bits of the value. @param offset where in the value */
    public int int16(int offset) {
        return length < offset + 2 ? 0 : Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + offset));
    }

    /** An unsigned byte of the value. @param offset where in the value */
    public int int8(int offset) {
        return length < offset + 1 ? 0 : Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at + offset));
    }

    /** The value as 64 bits. */
    public long int64() {
        return length < 8 ? 0 : memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
    }

    /** The value's bytes. */
    public byte[] bytes() {
        return memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** The value as text, up to its first zero byte. */
    public String text() {
        int end = 0;
        while (end < length && memory.get(ValueLayout.JAVA_BYTE, at + end) != 0) {
            end++;
        }
        return new String(memory.asSlice(at, end).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** The attributes within this one. */
    public NetlinkAttributes nested() {
        return new NetlinkAttributes(memory, at, at + length);
    }

    /** The attributes within a part of the value. @param from where in the value they begin, at least 0 @param to where they end */
    public NetlinkAttributes nested(int from, int to) {
        return new NetlinkAttributes(memory, at + from, at + Math.min(to, length));
    }
}

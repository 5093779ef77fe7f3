package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;

/**
 * Understands the header blocks of one connection's peer (RFC 7541). Every block must be given, in order and whole, since each may change
 * what the next ones mean. Memory is bounded by the table's size and by the caller's block; the work for one block by its length and by
 * {@link #MOST_EXPANSION}. Owned by one loop.
 */
final class HpackDecoder {
    /** How many times larger than its limit a list of fields may become, counted as RFC 9113 section 6.5.2 does, before it is an attack. */
    static final int MOST_EXPANSION = 4;

    private static final int MOST_INTEGER_SHIFT = 21;

    /** What is told of a block. */
    interface Sink {
        /** A field, whose name and value lie in the block's array. Not called for what is beyond the size that was allowed. */
        void field(int nameStart, int nameEnd, int valueStart, int valueEnd, int nameId);
    }

    /** How a block was. */
    enum Result {
        DECODED,
        /** Its fields are larger than allowed in all: the first of them were told, and the table is as the peer has it. */
        TOO_LARGE,
        /** It is no header block: the connection cannot go on. */
        MALFORMED,
        /** It expands beyond all measure: the connection is not to go on. */
        BOMB
    }

    private final int mostTableBytes;
    private final DynamicTable table;
    private byte[] in = new byte[0];
    private int at;
    private int end;
    private FieldBlock into = new FieldBlock(1, 1);
    private boolean isMalformed;
    private boolean isBomb;
    private long total;
    private long limit;

    /** @param mostTableBytes the table's size that the peer was told in SETTINGS_HEADER_TABLE_SIZE */
    HpackDecoder(int mostTableBytes) {
        this.mostTableBytes = mostTableBytes;
        table = new DynamicTable(mostTableBytes);
    }

    DynamicTable table() {
        return table;
    }

    /**
     * Decodes a whole block.
     *
     * @param mostBytes of names and values and 32 a field
     */
    Result decode(byte[] block, int from, int to, FieldBlock target, int mostBytes, Sink sink) {
        in = block;
        at = from;
        end = to;
        into = target;
        isMalformed = false;
        isBomb = false;
        total = 0;
        limit = mostBytes;
        boolean mayResize = true;
        while (at < end && !isMalformed) {
            int octet = in[at];
            if ((octet & 0xe0) == 0x20) {
                resize(mayResize);
                continue;
            }
            mayResize = false;
            if ((octet & 0x80) != 0) {
                indexed(integer(7), sink);
            } else if ((octet & 0x40) != 0) {
                literal(integer(6), true, sink);
            } else {
                literal(integer(4), false, sink);
            }
            if (isBomb || total > limit * MOST_EXPANSION) {
                return Result.BOMB;
            }
        }
        return isMalformed ? Result.MALFORMED : total > limit ? Result.TOO_LARGE : Result.DECODED;
    }

    private void resize(boolean isAllowed) {
        int size = integer(5);
        if (!isAllowed || size > mostTableBytes) {
            isMalformed = true;
        } else if (!isMalformed) {
            table.resize(size);
        }
    }

    private void indexed(int index, Sink sink) {
        if (!isKnown(index)) {
            isMalformed = true;
            return;
        }
        int mark = into.usedBytes();
        if (index <= StaticTable.SIZE) {
            var name = StaticTable.name(index);
            var value = StaticTable.value(index);
            if (fits(name.length + value.length)) {
                int valueStart = into.append(name, 0, name.length) + name.length;
                into.append(value, 0, value.length);
                sink.field(mark, valueStart, valueStart, into.usedBytes(), StaticTable.nameId(index));
            }
        } else {
            int age = index - StaticTable.SIZE - 1;
            int start = table.nameStart(age);
            int valueEnd = table.valueEnd(age);
            if (fits(valueEnd - start)) {
                into.append(table.bytes(), start, valueEnd);
                int valueStart = mark + table.nameEnd(age) - start;
                sink.field(mark, valueStart, valueStart, into.usedBytes(), table.mark(age));
            }
        }
    }

    private void literal(int nameIndex, boolean isRemembered, Sink sink) {
        int mark = into.usedBytes();
        int nameId;
        if (nameIndex == 0) {
            string();
            nameId = isMalformed ? 0 : into.recognize(mark, into.usedBytes());
        } else if (isKnown(nameIndex)) {
            nameId = name(nameIndex);
        } else {
            isMalformed = true;
            return;
        }
        int nameEnd = into.usedBytes();
        string();
        if (isMalformed) {
            return;
        }
        int valueEnd = into.usedBytes();
        if (isRemembered) {
            table.add(into.bytes(), mark, nameEnd, into.bytes(), nameEnd, valueEnd, nameId);
        }
        if (fits(valueEnd - mark)) {
            sink.field(mark, nameEnd, nameEnd, valueEnd, nameId);
        } else {
            into.use(mark);
        }
    }

    private int name(int index) {
        if (index <= StaticTable.SIZE) {
            var name = StaticTable.name(index);
            into.append(name, 0, name.length);
            return StaticTable.nameId(index);
        }
        int age = index - StaticTable.SIZE - 1;
        into.append(table.bytes(), table.nameStart(age), table.nameEnd(age));
        return table.mark(age);
    }

    private boolean isKnown(int index) {
        return !isMalformed && index > 0 && index <= StaticTable.SIZE + table.count();
    }

    private boolean fits(int length) {
        total += length + DynamicTable.OVERHEAD;
        return total <= limit;
    }

    /** A string literal (RFC 7541 section 5.2), put behind what is in the block's array. */
    private void string() {
        if (at >= end || isMalformed) {
            isMalformed = true;
            return;
        }
        boolean isHuffman = in[at] < 0;
        int length = integer(7);
        if (isMalformed || length > end - at) {
            isMalformed = true;
            return;
        }
        if (!into.hasRoom(Huffman.mostDecoded(length))) {
            isBomb = true;
            isMalformed = true;
        } else if (isHuffman) {
            var bytes = into.reserve(Huffman.mostDecoded(length));
            int decoded = Huffman.decode(in, at, at + length, bytes, into.usedBytes());
            isMalformed = decoded < 0;
            into.use(Math.max(decoded, into.usedBytes()));
        } else {
            into.append(in, at, at + length);
        }
        at += length;
    }

    /** An integer in the low bits of an octet and those behind it (RFC 7541 section 5.1); at most 2^28. */
    private int integer(int prefixBits) {
        int most = (1 << prefixBits) - 1;
        int value = in[at++] & most;
        if (value < most) {
            return value;
        }
        for (int shift = 0; at < end && shift <= MOST_INTEGER_SHIFT; shift += 7) {
            int octet = in[at++];
            value += (octet & 0x7f) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        isMalformed = true;
        return 0;
    }
}

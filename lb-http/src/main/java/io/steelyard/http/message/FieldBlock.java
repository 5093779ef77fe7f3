package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;
import java.util.Arrays;

/**
 * The header fields of one message, in order, as ranges of one array of bytes that also holds the rest of the message's head. A parser reads
 * the head into the array and adds fields in place; everybody else adds copies at its end. Names keep the spelling they came with and are
 * found without regard to case; values have no white space around them.
 *
 * <p>A block is reused from message to message: {@link #clear} forgets the fields and keeps the memory, so nothing is allocated once the
 * array has the size that messages need. The array may be replaced by a larger one whenever something is added; indexes stay valid, arrays
 * got from {@link #bytes} do not. The order of fields and their indexes change when one is removed.
 *
 * <p>Not thread-safe: owned by one loop.
 */
public final class FieldBlock {
    /** The longest name a field may have, in bytes. */
    public static final int MAXIMUM_NAME_BYTES = 4096;

    private static final int NAME = 0;
    private static final int NAME_END = 1;
    private static final int VALUE = 2;
    private static final int VALUE_END = 3;
    private static final int ID = 4;
    private static final int STRIDE = 5;
    private static final int INITIAL_FIELDS = 32;

    private final int maximumBytes;
    private byte[] bytes;
    private int used;
    private int[] entries = new int[INITIAL_FIELDS * STRIDE];
    private int count;
    private long presentLow;
    private long presentHigh;

    /** A block that begins with 4096 bytes and may grow to 256 KiB. */
    public FieldBlock() {
        this(4096, 256 * 1024);
    }

    /**
     * A block of a size and a largest size, both in bytes.
     *
     * @throws IllegalArgumentException if the sizes are not 1 to 2^30 in ascending order
     */
    public FieldBlock(int initialBytes, int maximumBytes) {
        if (initialBytes < 1 || maximumBytes < initialBytes || maximumBytes > 1 << 30) {
            throw new IllegalArgumentException("sizes of a field block are 1 to 2^30 bytes in ascending order, not "
                    + initialBytes + " and " + maximumBytes);
        }
        this.maximumBytes = maximumBytes;
        this.bytes = new byte[initialBytes + Octets.PADDING];
    }

    /** The same bytes and fields in memory of their own, of the least size. */
    public FieldBlock copy() {
        var copy = new FieldBlock(Math.max(used, 1), maximumBytes);
        System.arraycopy(bytes, 0, copy.bytes, 0, used);
        copy.used = used;
        copy.entries = entries.clone();
        copy.count = count;
        copy.presentLow = presentLow;
        copy.presentHigh = presentHigh;
        return copy;
    }

    /** Forgets everything; keeps the memory. */
    public void clear() {
        used = 0;
        clearFields();
    }

    /** Forgets the fields only; what else is in the array stays. */
    public void clearFields() {
        count = 0;
        presentLow = 0;
        presentHigh = 0;
    }

    /** Gives back memory beyond {@code keepBytes}; call it only after {@link #clear}. */
    public void trim(int keepBytes) {
        if (used == 0 && bytes.length - Octets.PADDING > keepBytes) {
            bytes = new byte[Math.max(1, keepBytes) + Octets.PADDING];
        }
    }

    /** How many fields there are. */
    public int count() {
        return count;
    }

    /** The array that all ranges are of. Valid until something is added; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many bytes of the array are in use. */
    public int usedBytes() {
        return used;
    }

    /** The most bytes the array may hold. */
    public int maximumBytes() {
        return maximumBytes;
    }

    /** Whether {@code length} bytes more may be added. */
    public boolean hasRoom(int length) {
        return length <= maximumBytes - used;
    }

    /** The index of the first field of a name, or -1. */
    public int find(FieldName name) {
        return findNext(name, -1);
    }

    /** The index of the first field of a name behind the field {@code after}, or -1. */
    public int findNext(FieldName name, int after) {
        int id = name.id();
        if (id == FieldName.UNKNOWN) {
            for (int i = after + 1; i < count; i++) {
                int at = i * STRIDE;
                if (entries[at + ID] == 0 && name.matches(bytes, entries[at + NAME], entries[at + NAME_END])) {
                    return i;
                }
            }
        } else if (has(id)) {
            for (int i = after + 1, at = i * STRIDE + ID; i < count; i++, at += STRIDE) {
                if (entries[at] == id) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Whether there is a field of a name. */
    public boolean contains(FieldName name) {
        return name.id() == FieldName.UNKNOWN ? find(name) >= 0 : has(name.id());
    }

    /** How many fields of a name there are. */
    public int countOf(FieldName name) {
        int number = 0;
        for (int i = find(name); i >= 0; i = findNext(name, i)) {
            number++;
        }
        return number;
    }

    /** The number of the name of field {@code index}, or {@link FieldName#UNKNOWN}. */
    public int nameId(int index) {
        return entries[at(index) + ID];
    }

    /** Where the name of field {@code index} begins in {@link #bytes}. */
    public int nameStart(int index) {
        return entries[at(index) + NAME];
    }

    /** Where the name of field {@code index} ends, exclusive. */
    public int nameEnd(int index) {
        return entries[at(index) + NAME_END];
    }

    /** Where the value of field {@code index} begins in {@link #bytes}. */
    public int valueStart(int index) {
        return entries[at(index) + VALUE];
    }

    /** Where the value of field {@code index} ends, exclusive. */
    public int valueEnd(int index) {
        return entries[at(index) + VALUE_END];
    }

    /** The name of field {@code index} as it came. Allocates. */
    public String name(int index) {
        return Octets.text(bytes, nameStart(index), nameEnd(index));
    }

    /** The value of field {@code index}, each byte one character. Allocates. */
    public String value(int index) {
        return Octets.text(bytes, valueStart(index), valueEnd(index));
    }

    /** Whether field {@code index} has a name. */
    public boolean isNamed(int index, FieldName name) {
        int at = at(index);
        return entries[at + ID] == name.id()
                && (name.id() != FieldName.UNKNOWN || name.matches(bytes, entries[at + NAME], entries[at + NAME_END]));
    }

    /** Whether the value of field {@code index} is {@code lowerCase}, a text of ASCII characters without capitals, in any case. */
    public boolean valueIs(int index, String lowerCase) {
        int at = at(index);
        return Octets.equalsLower(bytes, entries[at + VALUE], entries[at + VALUE_END], lowerCase);
    }

    /**
     * Adds a field behind all others, copying its value.
     *
     * @throws IllegalStateException if the block is full; {@link #hasRoom} tells before
     */
    public void add(FieldName name, byte[] value, int from, int to) {
        int nameStart = append(name.bytes(), 0, name.length());
        int valueStart = append(value, from, to);
        addRange(nameStart, nameStart + name.length(), valueStart, valueStart + to - from, name.id());
    }

    /** Adds a field behind all others. The value's characters (0 to 255) become bytes. */
    public void add(FieldName name, String value) {
        var octets = Octets.bytes(value);
        add(name, octets, 0, octets.length);
    }

    /** Adds a field behind all others, copying name and value; a known name is recognised. */
    public void add(byte[] name, int nameFrom, int nameTo, byte[] value, int from, int to) {
        int nameStart = append(name, nameFrom, nameTo);
        int valueStart = append(value, from, to);
        int nameEnd = nameStart + nameTo - nameFrom;
        addRange(nameStart, nameEnd, valueStart, valueStart + to - from, KnownNames.idOf(bytes, nameStart, nameEnd));
    }

    /** Gives a name exactly one field: the first one's value is replaced and the others are removed, or one is added behind all others. */
    public void set(FieldName name, byte[] value, int from, int to) {
        int index = find(name);
        if (index < 0) {
            add(name, value, from, to);
            return;
        }
        int valueStart = append(value, from, to);
        entries[index * STRIDE + VALUE] = valueStart;
        entries[index * STRIDE + VALUE_END] = valueStart + to - from;
        removeBehind(name, index);
    }

    /** Gives a name exactly one field; see {@link #set(FieldName, byte[], int, int)}. */
    public void set(FieldName name, String value) {
        var octets = Octets.bytes(value);
        set(name, octets, 0, octets.length);
    }

    /** Removes every field of a name and returns how many there were. */
    public int remove(FieldName name) {
        int before = count;
        removeBehind(name, -1);
        return before - count;
    }

    /** Removes field {@code index}; those behind it move up by one. */
    public void removeAt(int index) {
        int at = at(index);
        int id = entries[at + ID];
        System.arraycopy(entries, at + STRIDE, entries, at, (count - index - 1) * STRIDE);
        count--;
        if (id != FieldName.UNKNOWN) {
            forgetUnlessPresent(id);
        }
    }

    private void removeBehind(FieldName name, int after) {
        for (int i = findNext(name, after); i >= 0; i = findNext(name, i - 1)) {
            removeAt(i);
        }
    }

    private void forgetUnlessPresent(int id) {
        for (int i = 0; i < count; i++) {
            if (entries[i * STRIDE + ID] == id) {
                return;
            }
        }
        if (id < 64) {
            presentLow &= ~(1L << id);
        } else {
            presentHigh &= ~(1L << id);
        }
    }

    /** Copies a range behind everything in the array and returns where it begins. The source may be this block's own array. */
    public int append(byte[] source, int from, int to) {
        int start = used;
        ensure(to - from);
        System.arraycopy(source, from, bytes, start, to - from);
        used = start + to - from;
        return start;
    }

    /** Puts one byte behind everything in the array and returns its index. */
    public int append(int octet) {
        ensure(1);
        bytes[used] = (byte) octet;
        return used++;
    }

    /**
     * Makes room for {@code length} bytes behind those in use and returns the array, for one that writes into it by itself.
     *
     * @throws IllegalStateException if the block would pass its largest size
     */
    public byte[] reserve(int length) {
        ensure(length);
        return bytes;
    }

    /** Says how many bytes of the array are in use, after writing into what {@link #reserve} gave. */
    public void use(int usedBytes) {
        used = usedBytes;
    }

    /** Adds a field whose name and value are in the array already; the name is recognised if it is known. Returns its number. */
    public int addInPlace(int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int id = KnownNames.idOf(bytes, nameStart, nameEnd);
        addRange(nameStart, nameEnd, valueStart, valueEnd, id);
        return id;
    }

    /** Adds a field whose name and value are in the array already and whose name has the number {@code id}. */
    public void addInPlace(int nameStart, int nameEnd, int valueStart, int valueEnd, int id) {
        addRange(nameStart, nameEnd, valueStart, valueEnd, id);
    }

    /** The number of the name in a range of the array, or {@link FieldName#UNKNOWN}. */
    public int recognize(int nameStart, int nameEnd) {
        return KnownNames.idOf(bytes, nameStart, nameEnd);
    }

    /** Makes the value of field {@code index} another range of the array. */
    public void moveValue(int index, int valueStart, int valueEnd) {
        int at = at(index);
        entries[at + VALUE] = valueStart;
        entries[at + VALUE_END] = valueEnd;
    }

    private void addRange(int nameStart, int nameEnd, int valueStart, int valueEnd, int id) {
        int at = count * STRIDE;
        if (at == entries.length) {
            entries = Arrays.copyOf(entries, at * 2);
        }
        entries[at + NAME] = nameStart;
        entries[at + NAME_END] = nameEnd;
        entries[at + VALUE] = valueStart;
        entries[at + VALUE_END] = valueEnd;
        entries[at + ID] = id;
        count++;
        if (id < 64) {
            presentLow |= 1L << id;
        } else {
            presentHigh |= 1L << id;
        }
    }

    /** Whether there is a field of the known name with a number. */
    private boolean has(int id) {
        return ((id < 64 ? presentLow : presentHigh) & 1L << id) != 0;
    }

    private int at(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException("field " + index + " of " + count);
        }
        return index * STRIDE;
    }

    private void ensure(int length) {
        int needed = used + length;
        if (needed + Octets.PADDING > bytes.length) {
            if (needed > maximumBytes || needed < 0) {
                throw new IllegalStateException("a field block of at most " + maximumBytes + " bytes cannot take "
                        + length + " more to its " + used);
            }
            int grown = (int) Math.min(maximumBytes, Math.max(needed, 2L * (bytes.length - Octets.PADDING)));
            bytes = Arrays.copyOf(bytes, grown + Octets.PADDING);
        }
    }

    /** The fields as a head would show them, a line each. Allocates. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(name(i)).append(": ").append(value(i)).append('\n');
        }
        return text.toString();
    }
}

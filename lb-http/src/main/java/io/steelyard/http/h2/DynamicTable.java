package io.steelyard.http.h2;

import io.steelyard.http.octet.Octets;

/**
 * The fields that one side of a connection remembers (RFC 7541 section 2.3.2), the newest first. Their bytes lie one behind the other in an
 * array of at most twice the table's size; where its end is reached, those still remembered move to its front. Owned by one loop.
 */
final class DynamicTable {
    /** What a field counts beside its bytes (RFC 7541 section 4.1). */
    static final int OVERHEAD = 32;

    private static final int STRIDE = 4;
    private static final int NAME_END = 1;
    private static final int VALUE_END = 2;
    private static final int MARK = 3;

    private byte[] bytes = new byte[0];
    private int used;

    /** A ring: where a field begins, where its name and value end, and its mark. */
    private int[] entries = new int[8 * STRIDE];

    private int newest = -1;
    private int count;
    private int size;
    private int mostSize;

    DynamicTable(int mostSize) {
        this.mostSize = mostSize;
    }

    int count() {
        return count;
    }

    int size() {
        return size;
    }

    int mostSize() {
        return mostSize;
    }

    /** Changes the size; the oldest fields beyond it are forgotten. */
    void resize(int changed) {
        mostSize = changed;
        evictTo(changed);
    }

    /** The array that fields lie in; valid until one is added. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the name of a field begins. @param age 0 for the newest */
    int nameStart(int age) {
        return entries[slot(age)];
    }

    int nameEnd(int age) {
        return entries[slot(age) + NAME_END];
    }

    /** Where the value of a field ends; it begins where the name ends. */
    int valueEnd(int age) {
        return entries[slot(age) + VALUE_END];
    }

    /** The number that was given with a field. */
    int mark(int age) {
        return entries[slot(age) + MARK];
    }

    /** Adds a field. One that is larger than the table empties it. The arrays must not be this table's. */
    void add(byte[] name, int nameFrom, int nameTo, byte[] value, int valueFrom, int valueTo, int mark) {
        int nameLength = nameTo - nameFrom;
        int length = nameLength + valueTo - valueFrom;
        evictTo(Math.max(mostSize - length - OVERHEAD, 0));
        if (length + OVERHEAD > mostSize) {
            return;
        }
        makeRoom(length);
        if (count * STRIDE == entries.length) {
            growEntries();
        }
        newest = (newest + 1) % (entries.length / STRIDE);
        count++;
        int at = newest * STRIDE;
        System.arraycopy(name, nameFrom, bytes, used, nameLength);
        System.arraycopy(value, valueFrom, bytes, used + nameLength, valueTo - valueFrom);
        entries[at] = used;
        entries[at + NAME_END] = used + nameLength;
        entries[at + VALUE_END] = used + length;
        entries[at + MARK] = mark;
        used += length;
        size += length + OVERHEAD;
    }

    private int slot(int age) {
        int slots = entries.length / STRIDE;
        return (newest - age + slots) % slots * STRIDE;
    }

    private void evictTo(int wanted) {
        while (size > wanted) {
            int oldest = slot(count - 1);
            size -= entries[oldest + VALUE_END] - entries[oldest] + OVERHEAD;
            count--;
        }
        if (count == 0) {
            used = 0;
        }
    }

    private void makeRoom(int length) {
        if (used + length <= bytes.length) {
            return;
        }
        int start = count == 0 ? used : entries[slot(count - 1)];
        int live = used - start;
        int needed = live + length;
        var target = needed * 2 <= bytes.length ? bytes : new byte[Math.max(256, needed * 2)];
        System.arraycopy(bytes, start, target, 0, live);
        bytes = target;
        used = live;
        for (int age = 0; age < count; age++) {
            int at = slot(age);
            entries[at] -= start;
            entries[at + NAME_END] -= start;
            entries[at + VALUE_END] -= start;
        }
    }

    private void growEntries() {
        var larger = new int[entries.length * 2];
        for (int age = count - 1, at = 0; age >= 0; age--, at += STRIDE) {
            System.arraycopy(entries, slot(age), larger, at, STRIDE);
        }
        newest = count - 1;
        entries = larger;
    }

    /** The fields, newest first, a line each. Allocates. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int age = 0; age < count; age++) {
            text.append(Octets.text(bytes, nameStart(age), nameEnd(age)))
                    .append(": ")
                    .append(Octets.text(bytes, nameEnd(age), valueEnd(age)))
                    .append('\n');
        }
        return text.toString();
    }
}

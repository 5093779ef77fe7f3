package io.steelyard.http.message;

import java.util.Arrays;

/**
 * A set of field names that tells without allocation whether it has a field's name: known names are bits, others are compared one by one.
 * Reused by {@link #clear}. A set that is shared between threads must not be changed any more.
 */
public final class NameSet {
    private long low;
    private long high;
    private FieldName[] others = new FieldName[4];
    private int othersCount;

    /** A set of names. */
    public static NameSet of(FieldName... names) {
        var set = new NameSet();
        for (var name : names) {
            set.add(name);
        }
        return set;
    }

    /** Removes all names; keeps the memory. */
    public void clear() {
        low = 0;
        high = 0;
        Arrays.fill(others, 0, othersCount, null);
        othersCount = 0;
    }

    /** Adds a name. */
    public void add(FieldName name) {
        int id = name.id();
        if (id != FieldName.UNKNOWN) {
            addId(id);
        } else if (!contains(name)) {
            if (othersCount == others.length) {
                others = Arrays.copyOf(others, othersCount * 2);
            }
            others[othersCount++] = name;
        }
    }

    private void addId(int id) {
        if (id < 64) {
            low |= 1L << id;
        } else {
            high |= 1L << id;
        }
    }

    /** Adds all names of another set. */
    public void addAll(NameSet set) {
        low |= set.low;
        high |= set.high;
        for (int i = 0; i < set.othersCount; i++) {
            add(set.others[i]);
        }
    }

    /** Whether the set is empty. */
    public boolean isEmpty() {
        return (low | high) == 0 && othersCount == 0;
    }

    /** Whether the set has a name. */
    public boolean contains(FieldName name) {
        if (name.id() != FieldName.UNKNOWN) {
            return containsId(name.id());
        }
        for (int i = 0; i < othersCount; i++) {
            if (others[i].equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the set has the known name with a number. */
    public boolean containsId(int id) {
        return ((id < 64 ? low : high) & 1L << id) != 0;
    }

    /** Whether the set has the name of a field of a block. */
    public boolean containsNameOf(FieldBlock fields, int index) {
        int id = fields.nameId(index);
        if (id != FieldName.UNKNOWN) {
            return containsId(id);
        }
        for (int i = 0; i < othersCount; i++) {
            if (others[i].matches(fields.bytes(), fields.nameStart(index), fields.nameEnd(index))) {
                return true;
            }
        }
        return false;
    }
}

package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * What is changed in a head on its way: fields removed, set and added, another method, target or status. The head itself stays as it came,
 * so that a request can be sent to a second server with other edits. Edits are applied when the head is written.
 *
 * <p>No edit can end a line early: control characters in values become spaces, and in a target they are percent-encoded. Reused by
 * {@link #clear} without allocation; not thread-safe.
 */
public final class HeadEdits {
    private final NameSet removed = new NameSet();
    private final FieldBlock added = new FieldBlock(512, 256 * 1024);
    private int methodStart = -1;
    private int methodEnd;
    private int targetStart = -1;
    private int targetEnd;
    private int status;

    /** Forgets all edits; keeps the memory. */
    public void clear() {
        removed.clear();
        added.clear();
        methodStart = -1;
        targetStart = -1;
        status = 0;
    }

    /** The names whose fields of the original head are not written. */
    public NameSet removed() {
        return removed;
    }

    /** The fields written behind those of the original head. Values added to it directly must be free of control characters. */
    public FieldBlock added() {
        return added;
    }

    /** Leaves out all fields of a name, those added before too. */
    public void remove(FieldName name) {
        removed.add(name);
        added.remove(name);
    }

    /** Gives a name exactly one field. */
    public void set(FieldName name, byte[] value, int from, int to) {
        remove(name);
        add(name, value, from, to);
    }

    /** Gives a name exactly one field. The value's characters (0 to 255) become bytes. */
    public void set(FieldName name, String value) {
        var octets = Octets.bytes(value);
        set(name, octets, 0, octets.length);
    }

    /** Adds a field behind all others. */
    public void add(FieldName name, byte[] value, int from, int to) {
        added.add(name, value, from, to);
        int field = added.count() - 1;
        var bytes = added.bytes();
        clean(bytes, added.valueStart(field), added.valueEnd(field));
        int start = Octets.skipBlanks(bytes, added.valueStart(field), added.valueEnd(field));
        added.moveValue(field, start, Octets.trimBlanks(bytes, start, added.valueEnd(field)));
    }

    /** Adds a field behind all others. The value's characters (0 to 255) become bytes. */
    public void add(FieldName name, String value) {
        var octets = Octets.bytes(value);
        add(name, octets, 0, octets.length);
    }

    /** Sends another method; a token. */
    public void method(Method method) {
        var name = Octets.bytes(method.name());
        methodStart = added.append(name, 0, name.length);
        methodEnd = methodStart + name.length;
    }

    /** Sends another method: what of the text may stand in a token (RFC 9110 section 5.6.2), GET where nothing may. */
    public void method(String text) {
        methodStart = added.usedBytes();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0) {
                added.append(c);
            }
        }
        methodEnd = added.usedBytes();
        if (methodEnd == methodStart) {
            method(Method.GET);
        }
    }

    /** Sends another target, in origin form; bytes that may not stand in one are percent-encoded. */
    public void target(byte[] target, int from, int to) {
        int start = added.usedBytes();
        for (int i = from; i < to; i++) {
            int octet = target[i] & 0xff;
            if (octet <= ' ' || octet >= 0x7f || octet == '#') {
                added.append('%');
                added.append(hexDigit(octet >>> 4));
                added.append(hexDigit(octet & 15));
            } else {
                added.append(octet);
            }
        }
        targetStart = start;
        targetEnd = added.usedBytes();
    }

    /** Sends another target; see {@link #target(byte[], int, int)}. */
    public void target(String target) {
        var octets = Octets.bytes(target);
        target(octets, 0, octets.length);
    }

    /** Answers with another status, 100 to 999, and its usual reason. */
    public void status(int newStatus) {
        status = newStatus;
    }

    /** The status to answer with, or 0 for that of the head. */
    public int status() {
        return status;
    }

    /** Whether another method is sent. */
    public boolean hasMethod() {
        return methodStart >= 0;
    }

    /** Where the method begins in the bytes of {@link #added}. */
    public int methodStart() {
        return methodStart;
    }

    /** Where the method ends, exclusive. */
    public int methodEnd() {
        return methodEnd;
    }

    /** Whether another target is sent. */
    public boolean hasTarget() {
        return targetStart >= 0;
    }

    /** Where the target begins in the bytes of {@link #added}. */
    public int targetStart() {
        return targetStart;
    }

    /** Where the target ends, exclusive. */
    public int targetEnd() {
        return targetEnd;
    }

    private static int hexDigit(int value) {
        return value < 10 ? '0' + value : 'A' + value - 10;
    }

    private static void clean(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte octet = bytes[i];
            if ((octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7f) {
                bytes[i] = ' ';
            }
        }
    }
}

package io.steelyard.realip.address;

import java.nio.ByteBuffer;

/**
 * Reads numeric addresses out of text without allocating: IPv4 as four decimal numbers without leading zeros, IPv6 as RFC 4291 section 2.2
 * writes it. Nothing else is an address: no host name, no zone, no brackets, no space. Reusable; one thread at a time.
 */
public final class AddressReader {
    /** The longest text of an address: six groups and a dotted IPv4 address. */
    public static final int MAX_LENGTH = 45;

    private static final int GROUPS = 8;

    private final byte[] copy = new byte[MAX_LENGTH];
    private final int[] groups = new int[GROUPS];
    private long high;
    private long low;

    /** The upper 64 bits of what was read last. */
    public long high() {
        return high;
    }

    /** The lower 64 bits of what was read last. */
    public long low() {
        return low;
    }

    /** Reads the text from {@code from} to {@code to}. @return whether it is an address; otherwise what was read before is gone */
    public boolean read(byte[] text, int from, int to) {
        if (to - from < 2 || to - from > MAX_LENGTH) {
            return false;
        }
        for (int at = from; at < to; at++) {
            if (text[at] == ':') {
                return readIpv6(text, from, to);
            }
        }
        return readIpv4(text, from, to);
    }

    /** As {@link #read(byte[], int, int)}; positions are absolute, the buffer's own stays. */
    public boolean read(ByteBuffer text, int from, int to) {
        if (to - from > MAX_LENGTH || to < from) {
            return false;
        }
        text.get(from, copy, 0, to - from);
        return read(copy, 0, to - from);
    }

    /** As {@link #read(byte[], int, int)}. */
    public boolean read(CharSequence text, int from, int to) {
        if (to - from > MAX_LENGTH) {
            return false;
        }
        for (int at = from; at < to; at++) {
            char c = text.charAt(at);
            if (c > 0x7F) {
                return false;
            }
            copy[at - from] = (byte) c;
        }
        return read(copy, 0, to - from);
    }

    /** Reads IPv4 only. */
    private boolean readIpv4(byte[] text, int from, int to) {
        long address = ipv4(text, from, to);
        if (address < 0) {
            return false;
        }
        high = 0;
        low = Addresses.ofIpv4((int) address);
        return true;
    }

    /** The 32 bits of a dotted address; -1 where the text is none. */
    private static long ipv4(byte[] text, int from, int to) {
        long address = 0;
        int numbers = 0;
        int at = from;
        while (true) {
            int start = at;
            int number = 0;
            while (at < to && text[at] >= '0' && text[at] <= '9' && at - start < 3) {
                number = number * 10 + text[at++] - '0';
            }
            int digits = at - start;
            if (digits == 0 || number > 255 || (digits > 1 && text[start] == '0')) {
                return -1;
            }
            address = address << 8 | number;
            if (++numbers == 4) {
                return at == to ? address : -1;
            }
            if (at == to || text[at++] != '.') {
                return -1;
            }
        }
    }

    private boolean readIpv6(byte[] text, int from, int to) {
        int count = 0;
        int gap = -1;
        int at = from;
        if (text[at] == ':') {
            if (text[at + 1] != ':') {
                return false;
            }
            gap = 0;
            at += 2;
        }
        while (at < to) {
            if (count == GROUPS) {
                return false;
            }
            int end = groupEnd(text, at, to);
            if (end < to && text[end] == '.') {
                long address = ipv4(text, at, to);
                if (address < 0 || count > GROUPS - 2) {
                    return false;
                }
                groups[count++] = (int) (address >>> 16);
                groups[count++] = (int) address & 0xFFFF;
                break;
            }
            if (end == at) {
                return false;
            }
            groups[count++] = hexadecimal(text, at, end);
            at = end;
            if (at == to) {
                break;
            }
            if (text[at++] != ':' || at == to) {
                return false;
            }
            if (text[at] == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = count;
                at++;
            }
        }
        return assemble(count, gap);
    }

    /** Where up to four hexadecimal digits end. */
    private static int groupEnd(byte[] text, int at, int to) {
        int end = at;
        while (end < to && end - at < 4 && Character.digit(text[end], 16) >= 0) {
            end++;
        }
        return end;
    }

    private static int hexadecimal(byte[] text, int from, int to) {
        int value = 0;
        for (int at = from; at < to; at++) {
            value = value << 4 | Character.digit(text[at], 16);
        }
        return value;
    }

    /** @param gap how many groups stand before {@code ::}; -1 where there is none */
    private boolean assemble(int count, int gap) {
        if (gap < 0 ? count != GROUPS : count >= GROUPS) {
            return false;
        }
        high = 0;
        low = 0;
        int missing = GROUPS - count;
        for (int i = 0; i < GROUPS; i++) {
            int value = gap < 0 || i < gap ? groups[i] : i < gap + missing ? 0 : groups[i - missing];
            high = high << 16 | low >>> 48;
            low = low << 16 | value;
        }
        return true;
    }
}

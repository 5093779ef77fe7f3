package io.steelyard.realip.header;

import io.steelyard.realip.address.Addresses;

/**
 * Reads an address with or without a port exactly as nginx does ({@code ngx_parse_addr_port}): {@code ip}, {@code ip:port},
 * {@code [v6]:port} or a bare IPv6 address. More is taken than other readers take: leading zeros, empty numbers between dots
 * ({@code 1..2.3} is 1.0.2.3), one colon before an IPv6 address, any digits before a dotted end. 255.255.255.255 is not taken. Reusable; one
 * thread at a time.
 */
final class LenientAddressReader {
    private static final long NO_ADDRESS = 0xFFFF_FFFFL;

    private final int[] groups = new int[8];
    private long high;
    private long low;
    private int port;

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** 1 to 65535; 0 where the text has none. */
    int port() {
        return port;
    }

    /** Reads the text from {@code from} to {@code to}. @return whether it is an address */
    boolean read(String text, int from, int to) {
        port = 0;
        if (readAddress(text, from, to)) {
            return true;
        }
        int colon;
        int start = from;
        int end;
        if (from < to && text.charAt(from) == '[') {
            int bracket = text.indexOf(']', from);
            colon = bracket + 1;
            if (bracket < 0 || colon >= to || text.charAt(colon) != ':') {
                return false;
            }
            start = from + 1;
            end = bracket;
        } else {
            colon = text.indexOf(':', from);
            if (colon < 0 || colon >= to) {
                return false;
            }
            end = colon;
        }
        int value = port(text, colon + 1, to);
        if (value < 1 || value > 65_535 || !readAddress(text, start, end)) {
            return false;
        }
        port = value;
        return true;
    }

    private static int port(String text, int from, int to) {
        long value = 0;
        for (int at = from; at < to; at++) {
            char c = text.charAt(at);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = Math.min(value * 10 + c - '0', 100_000);
        }
        return from < to ? (int) value : -1;
    }

    private boolean readAddress(String text, int from, int to) {
        long ipv4 = ipv4(text, from, to);
        if (ipv4 != NO_ADDRESS) {
            high = 0;
            low = Addresses.ofIpv4((int) ipv4);
            return true;
        }
        return readIpv6(text, from, to);
    }

    private static long ipv4(String text, int from, int to) {
        long address = 0;
        int number = 0;
        int dots = 0;
        for (int at = from; at < to; at++) {
            char c = text.charAt(at);
            if (c >= '0' && c <= '9') {
                number = number * 10 + c - '0';
                if (number > 255) {
                    return NO_ADDRESS;
                }
            } else if (c == '.' && dots < 4) {
                address = address << 8 | number;
                number = 0;
                dots++;
            } else {
                return NO_ADDRESS;
            }
        }
        return dots == 3 ? address << 8 | number : NO_ADDRESS;
    }

    private boolean readIpv6(String text, int from, int to) {
        int at = from < to && text.charAt(from) == ':' ? from + 1 : from;
        int count = 0;
        int gap = -1;
        int lastGroup = -1;
        int digits = 0;
        int group = 0;
        boolean isDotted = false;
        for (; at < to && !isDotted; at++) {
            char c = text.charAt(at);
            if (c == ':') {
                if (digits > 0) {
                    groups[count++] = group;
                    if (count == 8) {
                        return false;
                    }
                    digits = 0;
                    group = 0;
                } else if (gap < 0) {
                    gap = count;
                } else {
                    return false;
                }
                lastGroup = at + 1;
            } else if (c == '.' && digits > 0) {
                long ipv4 = lastGroup < 0 || count > 6 ? NO_ADDRESS : ipv4(text, lastGroup, to);
                if (ipv4 == NO_ADDRESS) {
                    return false;
                }
                groups[count++] = (int) (ipv4 >>> 16);
                group = (int) ipv4 & 0xFFFF;
                isDotted = true;
            } else {
                int digit = c < 128 ? Character.digit(c, 16) : -1;
                if (++digits > 4 || digit < 0) {
                    return false;
                }
                group = group << 4 | digit;
            }
        }
        if (from == to || (digits == 0 && gap < 0)) {
            return false;
        }
        groups[count++] = group;
        return assemble(count, gap);
    }

    private boolean assemble(int count, int gap) {
        int missing = 8 - count;
        if (gap < 0 ? missing != 0 : missing == 0) {
            return false;
        }
        high = 0;
        low = 0;
        for (int i = 0; i < 8; i++) {
            int value = gap < 0 || i < gap ? groups[i] : i < gap + missing ? 0 : groups[i - missing];
            high = high << 16 | low >>> 48;
            low = low << 16 | value;
        }
        return true;
    }
}

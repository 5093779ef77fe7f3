package io.steelyard.realip.address;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Writes addresses and ports as nginx does, without allocating: IPv6 in lower case with its longest run of two or more zero groups (the
 * first of equals) as {@code ::}, and the last four bytes dotted where only they follow the run. Stateless.
 */
public final class AddressText {
    /** The longest text of an address: eight groups of four digits and seven colons. */
    public static final int MAX_LENGTH = 39;

    private AddressText() {}

    /** The text of an address, as {@code $remote_addr} has it. */
    public static String of(InetAddress address) {
        var bytes = address.getAddress();
        return of(Addresses.high(bytes), Addresses.low(bytes));
    }

    /** The text of an address of 128 bits, a mapped one as IPv4. */
    public static String of(long high, long low) {
        var text = new byte[MAX_LENGTH];
        return new String(text, 0, write(high, low, text, 0), StandardCharsets.US_ASCII);
    }

    /** Writes the text of an address, a mapped one as IPv4, from {@code at} on and returns where it ends. */
    public static int write(long high, long low, byte[] into, int at) {
        return Addresses.isIpv4(high, low) ? writeIpv4((int) low, into, at) : writeIpv6(high, low, into, at);
    }

    /** Writes the text of an IPv4 address from {@code at} on and returns where it ends. */
    public static int writeIpv4(int address, byte[] into, int at) {
        at = writeDecimal(address >>> 24, into, at);
        into[at++] = '.';
        at = writeDecimal(address >>> 16 & 0xFF, into, at);
        into[at++] = '.';
        at = writeDecimal(address >>> 8 & 0xFF, into, at);
        into[at++] = '.';
        return writeDecimal(address & 0xFF, into, at);
    }

    /**
     * Writes the text of an address, a mapped one as IPv4, as inet_ntop(3) of glibc has it, and returns where it ends. It differs where seven
     * zero groups come first: the last group is then never dotted.
     */
    public static int writeStandard(long high, long low, byte[] into, int at) {
        if (high == 0 && low >>> 16 == 0 && low != 0) {
            into[at] = ':';
            into[at + 1] = ':';
            return writeHexadecimal((int) low, into, at + 2);
        }
        return write(high, low, into, at);
    }

    /** As {@link #writeStandard}, as a text of its own. */
    public static String standard(long high, long low) {
        var text = new byte[MAX_LENGTH];
        return new String(text, 0, writeStandard(high, low, text, 0), StandardCharsets.US_ASCII);
    }

    /** Writes the text of an IPv6 address from {@code at} on and returns where it ends. */
    public static int writeIpv6(long high, long low, byte[] into, int at) {
        int runStart = -1;
        int runLength = 1;
        for (int group = 0; group < 8; ) {
            int start = group;
            while (group < 8 && group(high, low, group) == 0) {
                group++;
            }
            if (group - start > runLength) {
                runStart = start;
                runLength = group - start;
            }
            group = Math.max(group, start + 1);
        }
        boolean isDotted = runStart == 0 && endsDotted(low, runLength);
        int end = isDotted ? 6 : 8;
        if (runStart == 0) {
            into[at++] = ':';
        }
        for (int group = 0; group < end; group++) {
            if (group == runStart) {
                into[at++] = ':';
                group += runLength - 1;
                continue;
            }
            at = writeHexadecimal(group(high, low, group), into, at);
            if (group < 7) {
                into[at++] = ':';
            }
        }
        return isDotted ? writeIpv4((int) low, into, at) : at;
    }

    /** Writes 0 to 65535 from {@code at} on and returns where it ends. */
    public static int writeDecimal(int value, byte[] into, int at) {
        int divisor = value >= 10_000 ? 10_000 : value >= 1_000 ? 1_000 : value >= 100 ? 100 : value >= 10 ? 10 : 1;
        for (; divisor > 0; divisor /= 10) {
            into[at++] = (byte) ('0' + value / divisor % 10);
        }
        return at;
    }

    private static boolean endsDotted(long low, int runLength) {
        return switch (runLength) {
            case 5 -> (low >>> 32) == 0xFFFF;
            case 6 -> true;
            case 7 -> (low >>> 8 & 0xFF) != 0 && (low & 0xFF) != 1;
            default -> false;
        };
    }

    private static int group(long high, long low, int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - (index & 3) * 16)) & 0xFFFF;
    }

    private static int writeHexadecimal(int value, byte[] into, int at) {
        int shift = value >= 0x1000 ? 12 : value >= 0x100 ? 8 : value >= 0x10 ? 4 : 0;
        for (; shift >= 0; shift -= 4) {
            int digit = value >>> shift & 0xF;
            into[at++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        return at;
    }
}

package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/** The text form of IPv6 addresses (RFC 4291 section 2.2), without zones. */
final class Ipv6Syntax {
    private Ipv6Syntax() {}

    static boolean isAddress(byte[] bytes, int from, int to) {
        int groups = 0;
        boolean shortened = false;
        int i = from;
        if (to - from >= 2 && bytes[from] == ':') {
            if (bytes[from + 1] != ':') {
                return false;
            }
            shortened = true;
            i = from + 2;
        }
        while (i < to) {
            int digits = i;
            while (i < to && i - digits < 5 && Octets.isHex(bytes[i])) {
                i++;
            }
            if (i < to && bytes[i] == '.') {
                return isIpv4(bytes, digits, to) && fits(groups + 2, shortened);
            }
            if (i == digits || i - digits > 4) {
                return false;
            }
            groups++;
            if (i == to) {
                break;
            }
            if (bytes[i] != ':' || i + 1 == to) {
                return false;
            }
            i++;
            if (bytes[i] == ':') {
                if (shortened) {
                    return false;
                }
                shortened = true;
                i++;
            }
        }
        return fits(groups, shortened);
    }

    private static boolean fits(int groups, boolean shortened) {
        return shortened ? groups < 8 : groups == 8;
    }

    private static boolean isIpv4(byte[] bytes, int from, int to) {
        int i = from;
        for (int part = 0; part < 4; part++) {
            int start = i;
            int value = 0;
            while (i < to && i - start < 3 && Octets.isDigit(bytes[i])) {
                value = value * 10 + bytes[i++] - '0';
            }
            if (i == start || value > 255 || (i - start > 1 && bytes[start] == '0')) {
                return false;
            }
            if (part < 3 && (i == to || bytes[i++] != '.')) {
                return false;
            }
        }
        return i == to;
    }
}

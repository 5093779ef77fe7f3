package io.steelyard.config.nginx;

import io.steelyard.api.text.VariableDefinition.Range;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Ranges of IPv4 addresses that are apart from each other. A new one may lie within an old one, which it then cuts; it may not reach over
 * its ends. As in nginx ({@code ngx_stream_geo_module.c}) every /16 is looked at apart, so that a range covering whole ones may reach over
 * others that do.
 */
final class GeoRanges {
    private record Piece(long last, String value) {}

    /** What became of a new range. */
    enum Outcome {
        ADDED,
        REPLACED,
        OVERLAPS
    }

    private final TreeMap<Long, Piece> pieces = new TreeMap<>();

    Outcome add(long first, long last, String value) {
        boolean replaced = false;
        for (long start = first; start <= last; start = (start | 0xFFFF) + 1) {
            long end = Math.min(start | 0xFFFF, last);
            var below = pieces.floorEntry(end);
            if (below == null || below.getValue().last() < start) {
                pieces.put(start, new Piece(end, value));
                continue;
            }
            long oldFirst = below.getKey();
            var old = below.getValue();
            if (oldFirst > start || old.last() < end) {
                return Outcome.OVERLAPS;
            }
            replaced |= oldFirst == start && old.last() == end;
            pieces.remove(oldFirst);
            if (oldFirst < start) {
                pieces.put(oldFirst, new Piece(start - 1, old.value()));
            }
            pieces.put(start, new Piece(end, value));
            if (old.last() > end) {
                pieces.put(end + 1, new Piece(old.last(), old.value()));
            }
        }
        return replaced ? Outcome.REPLACED : Outcome.ADDED;
    }

    /** Removes a range; false where some of it was not there just so. */
    boolean delete(long first, long last) {
        boolean found = true;
        for (long start = first; start <= last; start = (start | 0xFFFF) + 1) {
            var old = pieces.get(start);
            if (old != null && old.last() == Math.min(start | 0xFFFF, last)) {
                pieces.remove(start);
            } else {
                found = false;
            }
        }
        return found;
    }

    /** Neighbours of one value are one range. */
    List<Range> ranges() {
        var ranges = new ArrayList<Range>();
        long first = -1;
        long last = -2;
        String value = "";
        for (var entry : pieces.entrySet()) {
            var piece = entry.getValue();
            if (entry.getKey() == last + 1 && piece.value().equals(value)) {
                last = piece.last();
                continue;
            }
            if (first >= 0) {
                ranges.add(new Range(address(first), address(last), value));
            }
            first = entry.getKey();
            last = piece.last();
            value = piece.value();
        }
        if (first >= 0) {
            ranges.add(new Range(address(first), address(last), value));
        }
        return ranges;
    }

    private static InetAddress address(long ipv4) {
        return address(new byte[] {(byte) (ipv4 >> 24), (byte) (ipv4 >> 16), (byte) (ipv4 >> 8), (byte) ipv4});
    }

    /** The address of 4 or 16 bytes. */
    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes", wrongLength);
        }
    }
}

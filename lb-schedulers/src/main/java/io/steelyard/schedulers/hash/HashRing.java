package io.steelyard.schedulers.hash;

import java.util.Arrays;

/**
 * Points on a ring of 32-bit unsigned hashes, each owned by a server. Immutable and safe for all threads.
 *
 * <p>A lookup does not search the whole ring: the upper bits of the hash lead to the first point of their stretch, and stretches are as
 * many as points, so that a step or two more finds the point.
 */
public final class HashRing {
    private final int[] hashes;
    private final int[] owners;
    private final int[] starts;
    private final int shift;

    private HashRing(int[] hashes, int[] owners) {
        this.hashes = hashes;
        this.owners = owners;
        int bits = Math.clamp(32 - Integer.numberOfLeadingZeros(hashes.length), 1, 22);
        shift = 32 - bits;
        starts = new int[(1 << bits) + 1];
        int point = 0;
        for (int stretch = 0; stretch < 1 << bits; stretch++) {
            while (point < hashes.length && hashes[point] >>> shift < stretch) {
                point++;
            }
            starts[stretch] = point;
        }
        starts[1 << bits] = hashes.length;
    }

    /** How many points there are. */
    public int size() {
        return hashes.length;
    }

    public int hash(int point) {
        return hashes[point];
    }

    public int owner(int point) {
        return owners[point];
    }

    /** The point after this one, the first after the last. */
    public int next(int point) {
        return point + 1 == hashes.length ? 0 : point + 1;
    }

    /** The first point at or after the hash, going round the end. */
    public int ceiling(int hash) {
        int point = starts[hash >>> shift];
        int stretchEnd = starts[(hash >>> shift) + 1];
        if (stretchEnd - point > 16) {
            point = search(hash, point, stretchEnd);
        }
        while (point < hashes.length && Integer.compareUnsigned(hashes[point], hash) < 0) {
            point++;
        }
        return point == hashes.length ? 0 : point;
    }

    /** The first point at or after the hash, within a stretch that is crowded. */
    private int search(int hash, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(hashes[middle], hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The point next to the hash on either side; where both are as far, the one before. Where points are equal, the last of those before. */
    public int nearest(int hash) {
        int after = ceiling(hash);
        int before = after == 0 ? hashes.length - 1 : after - 1;
        return Integer.compareUnsigned(hash - hashes[before], hashes[after] - hash) <= 0 ? before : after;
    }

    /** Collects points; not thread-safe. */
    public static final class Builder {
        private long[] points;
        private int size;

        public Builder(int expectedPoints) {
            points = new long[Math.max(16, expectedPoints)];
        }

        /** Adds a point. Of equal points the one added first comes first. */
        public void add(int hash, int owner) {
            if (size == points.length) {
                points = Arrays.copyOf(points, size * 2);
            }
            points[size++] = Integer.toUnsignedLong(hash) << 31 | owner;
        }

        /**
         * The ring of the points added.
         *
         * @param keepEqual whether points of equal hash are all kept, or only the one with the lowest owner
         */
        public HashRing build(boolean keepEqual) {
            var sorted = Arrays.copyOf(points, size);
            Arrays.sort(sorted);
            var hashes = new int[size];
            var owners = new int[size];
            int kept = 0;
            for (long point : sorted) {
                int hash = (int) (point >>> 31);
                if (keepEqual || kept == 0 || hashes[kept - 1] != hash) {
                    hashes[kept] = hash;
                    owners[kept++] = (int) point & Integer.MAX_VALUE;
                }
            }
            return new HashRing(Arrays.copyOf(hashes, kept), Arrays.copyOf(owners, kept));
        }
    }
}

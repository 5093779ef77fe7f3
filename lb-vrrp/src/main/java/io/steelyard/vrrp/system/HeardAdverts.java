package io.steelyard.vrrp.system;

import io.steelyard.vrrp.RouterStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The last advert of each sender, of as many as there is room for: the longest silent one makes room. Allocates nothing per advert. One thread. */
final class HeardAdverts {
    private static final int MOST = 16;
    private static final long CENTISECOND_NS = 10_000_000L;

    private final long[] highs = new long[MOST];
    private final long[] lows = new long[MOST];
    private final int[] priorities = new int[MOST];
    private final long[] intervals = new long[MOST];
    private final long[] atNs = new long[MOST];
    private final long[] counts = new long[MOST];
    private int size;

    void heard(long high, long low, int priority, int intervalCentiseconds, long nowNs) {
        int place = place(high, low);
        priorities[place] = priority;
        intervals[place] = intervalCentiseconds * CENTISECOND_NS;
        atNs[place] = nowNs;
        counts[place]++;
    }

    private int place(long high, long low) {
        int oldest = 0;
        for (int i = 0; i < size; i++) {
            if (highs[i] == high && lows[i] == low) {
                return i;
            }
            if (atNs[i] - atNs[oldest] < 0) {
                oldest = i;
            }
        }
        int place = size < MOST ? size++ : oldest;
        highs[place] = high;
        lows[place] = low;
        counts[place] = 0;
        return place;
    }

    /** Whether anybody's advert, but a good-bye, was heard since then. */
    boolean isAnySince(long sinceNs) {
        for (int i = 0; i < size; i++) {
            if (atNs[i] - sinceNs >= 0 && priorities[i] != 0) {
                return true;
            }
        }
        return false;
    }

    /** The latest first. */
    List<RouterStatus.HeardAdvert> list(long nowNs) {
        var list = new ArrayList<RouterStatus.HeardAdvert>(size);
        for (int i = 0; i < size; i++) {
            list.add(at(i, nowNs));
        }
        list.sort(Comparator.comparing(RouterStatus.HeardAdvert::ago));
        return list;
    }

    /** The last of one sender. */
    Optional<RouterStatus.HeardAdvert> of(long high, long low, long nowNs) {
        for (int i = 0; i < size; i++) {
            if (highs[i] == high && lows[i] == low) {
                return Optional.of(at(i, nowNs));
            }
        }
        return Optional.empty();
    }

    private RouterStatus.HeardAdvert at(int place, long nowNs) {
        return new RouterStatus.HeardAdvert(
                RouterPath.inet(highs[place], lows[place]).getHostAddress(),
                priorities[place],
                Duration.ofNanos(nowNs - atNs[place]),
                Duration.ofNanos(intervals[place]),
                counts[place]);
    }
}

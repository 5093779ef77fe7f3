package io.steelyard.schedulers.nginx;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.schedulers.hash.Crc32;
import io.steelyard.schedulers.hash.HashRing;
import io.steelyard.schedulers.rotation.SmoothRotation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * nginx's {@code hash … consistent}, the ketama of Cache::Memcached::Fast. A server has 160 points for each unit of weight: point n is the
 * CRC-32 of host, a zero byte, port and the four bytes of point n - 1, the least significant first (point 0 follows a zero). Host and port
 * are those of the server as written in the configuration, split at the last colon where only digits follow it; for {@code unix:path} the
 * host is the path. A key goes to the first point at or after its CRC-32. A point stands for all servers written the same, smooth weighted
 * round robin among them. Where none of them can take the flow the next point is tried, up to twenty times, and then round robin decides.
 */
final class KetamaPicker extends RotatingPicker {
    private static final int POINTS_PER_WEIGHT = 160;

    /** Above this many points weights are scaled down together. */
    private static final long MAX_POINTS = 1 << 22;

    private final List<String> names;
    private final int[] weights;
    private final HashRing ring;
    private final int[] groups;
    private final boolean[] isShared;
    private final SmoothRotation.Tie sameGroup;

    KetamaPicker(Candidates candidates, @Nullable Picker previous) {
        super(candidates, previous);
        int size = candidates.size();
        names = IntStream.range(0, size)
                .mapToObj(i -> candidates.server(i).name())
                .toList();
        weights = IntStream.range(0, size).map(candidates::weight).toArray();
        groups = new int[size];
        isShared = new boolean[size];
        var firsts = new HashMap<String, Integer>();
        for (int i = 0; i < size; i++) {
            var first = firsts.putIfAbsent(names.get(i), i);
            groups[i] = first == null ? i : first;
            isShared[groups[i]] |= first != null;
        }
        sameGroup = this::isInGroup;
        // Servers that are down keep their points, so the ring changes with names and weights only.
        ring = previous instanceof KetamaPicker same && same.names.equals(names) && Arrays.equals(same.weights, weights)
                ? same.ring
                : ring();
    }

    @Override
    public int pick(Flow flow) {
        if (!flow.hasKey() || ring.size() == 0) {
            return rotation.pick(flow);
        }
        int point = ring.ceiling(Crc32.of(flow.key(), flow.keyLength()));
        for (int tries = 0; tries <= MAX_TRIES; tries++) {
            int group = ring.owner(point);
            if (isShared[group]) {
                int index = rotation.pickTied(flow, group, sameGroup, group, 0);
                if (index != NONE) {
                    return index;
                }
            } else if (candidates.isEligible(group, flow)) {
                return group;
            }
            point = ring.next(point);
        }
        return rotation.pick(flow);
    }

    private boolean isInGroup(int index, Flow flow, long group, int weight) {
        return groups[index] == group;
    }

    private HashRing ring() {
        long total = POINTS_PER_WEIGHT * Arrays.stream(weights).asLongStream().sum();
        long divisor = Math.max(1, (total + MAX_POINTS - 1) / MAX_POINTS);
        var points = new HashRing.Builder((int) Math.min(total, MAX_POINTS));
        for (int i = 0; i < weights.length; i++) {
            int base = base(names.get(i));
            int point = 0;
            for (long n = (POINTS_PER_WEIGHT * (long) weights[i] + divisor - 1) / divisor; n > 0; n--) {
                point = Crc32.finish(Crc32.updateInt(base, point));
                points.add(point, groups[i]);
            }
        }
        return points.build(false);
    }

    private static int base(String name) {
        boolean isUnix = name.regionMatches(true, 0, "unix:", 0, 5);
        int digits = name.length();
        while (digits > 0 && name.charAt(digits - 1) >= '0' && name.charAt(digits - 1) <= '9') {
            digits--;
        }
        boolean hasPort = !isUnix && digits > 0 && name.charAt(digits - 1) == ':';
        var host = isUnix ? name.substring(5) : hasPort ? name.substring(0, digits - 1) : name;
        var port = hasPort ? name.substring(digits) : "";
        var text = (host + '\0' + port).getBytes(StandardCharsets.UTF_8);
        return Crc32.update(Crc32.start(), text, text.length);
    }
}

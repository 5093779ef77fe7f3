package io.steelyard.vrrp.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What happens in one world, all of it from the seed.
 *
 * @param seed of everything
 * @param nodes 2 to 5
 * @param faults in any order
 */
record Schedule(long seed, int nodes, List<Fault> faults) {
    /** When the last fault is over, at most. */
    static final int HEALED_MS = 20_000;

    static Schedule of(long seed) {
        var random = new Random(seed * 0x9E3779B97F4A7C15L);
        int nodes = 2 + random.nextInt(4);
        var faults = new ArrayList<Fault>();
        for (int i = 1 + random.nextInt(7); i > 0; i--) {
            int atMs = random.nextInt(HEALED_MS - 1_000);
            int lastsMs = 50 + random.nextInt(random.nextBoolean() ? 1_500 : HEALED_MS - atMs - 50);
            lastsMs = Math.min(lastsMs, HEALED_MS - atMs);
            var kind = Fault.Kind.values()[random.nextInt(Fault.Kind.values().length)];
            int node = kind == Fault.Kind.WITNESS_RESTART ? -1 : random.nextInt(nodes);
            boolean isLink = switch (kind) {
                case CUT_ONE_WAY, LOSSY, SLOW, DUPLICATED -> true;
                default -> false;
            };
            int other = isLink ? (node + 1 + random.nextInt(nodes - 1)) % nodes : -1;
            faults.add(new Fault(atMs, lastsMs, kind, node, other));
        }
        return new Schedule(seed, nodes, faults);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("seed " + seed + ", " + nodes + " nodes\n");
        faults.stream()
                .sorted((one, two) -> Integer.compare(one.atMs(), two.atMs()))
                .forEach(fault -> text.append("  ").append(fault).append('\n'));
        return text.toString();
    }
}

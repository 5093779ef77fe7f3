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
            faults.add(
                    switch (kind) {
                        case CUT_ONE_WAY, LOSSY, SLOW, DUPLICATED ->
                            link(random, atMs, lastsMs, kind, nodes + 1, nodes);
                        case PATH_CUT -> link(random, atMs, lastsMs, kind, nodes, nodes);
                        case WITNESS_RESTART -> new Fault(atMs, lastsMs, kind, -1, -1);
                        default -> new Fault(atMs, lastsMs, kind, random.nextInt(nodes), -1);
                    });
        }
        return new Schedule(seed, nodes, faults);
    }

    /** Between two different ends; the one behind the last node is the witness. */
    private static Fault link(Random random, int atMs, int lastsMs, Fault.Kind kind, int ends, int nodes) {
        int from = random.nextInt(ends);
        int to = (from + 1 + random.nextInt(ends - 1)) % ends;
        return new Fault(atMs, lastsMs, kind, from == nodes ? Fault.WITNESS : from, to == nodes ? Fault.WITNESS : to);
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

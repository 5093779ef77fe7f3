package io.steelyard.schedulers.sampled;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How long a server takes of late: a moving average that jumps to any peak at once and comes down slowly (the "peak EWMA" of Finagle). With
 * the time since the last sample dt and the time constant tau, {@code w = exp(-dt / tau)}; a sample above the cost replaces it, one below
 * gives {@code cost * w + sample * (1 - w)}. Belongs to a server's id and is shared by all pickers of the pool.
 *
 * <p>Written by any thread that reports, read by any that picks. Who moves the stamp on by compare-and-set applies its sample; one that loses
 * has a sample of the same moment, which only counts where it is a peak. A reader may see a stamp and a cost of two neighbouring samples:
 * the score is then off by one sample's weight for one pick.
 */
final class LatencyCost {
    /** No sample yet. */
    static final double UNKNOWN = 0;

    private static final VarHandle STAMP;
    private static final VarHandle COST;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STAMP = lookup.findVarHandle(LatencyCost.class, "stampNs", long.class);
            COST = lookup.findVarHandle(LatencyCost.class, "costNs", double.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // through STAMP
    private long stampNs;

    @SuppressWarnings("unused") // through COST
    private double costNs;

    /**
     * Takes a sample.
     *
     * @param nowNs the time, of any origin; a time before the last one counts as that
     * @param sampleNs how long the server took
     */
    void observe(long nowNs, double sampleNs, double tauNs) {
        long stamp = (long) STAMP.getVolatile(this);
        double cost = (double) COST.getOpaque(this);
        if (sampleNs > cost) {
            // The stamp first: a reader that sees the old cost with it undervalues the peak no longer than this takes.
            STAMP.setOpaque(this, cost == UNKNOWN || nowNs - stamp > 0 ? nowNs : stamp);
            COST.setOpaque(this, sampleNs);
            return;
        }
        long elapsedNs = nowNs - stamp;
        if (elapsedNs > 0 && STAMP.compareAndSet(this, stamp, nowNs)) {
            double kept = Math.exp(-elapsedNs / tauNs);
            COST.setOpaque(this, Math.max(cost * kept + sampleNs * (1 - kept), Double.MIN_NORMAL));
        }
    }

    /** The cost now, decayed since the last sample; {@link #UNKNOWN} before the first. */
    double at(long nowNs, double tauNs) {
        double cost = (double) COST.getOpaque(this);
        if (cost == UNKNOWN) {
            return UNKNOWN;
        }
        long elapsedNs = nowNs - (long) STAMP.getOpaque(this);
        return elapsedNs <= 0 ? cost : cost * Math.exp(-elapsedNs / tauNs);
    }
}

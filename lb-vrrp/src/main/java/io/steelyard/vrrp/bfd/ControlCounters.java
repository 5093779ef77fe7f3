package io.steelyard.vrrp.bfd;

import java.util.LinkedHashMap;
import java.util.Map;

/** How often what happened to packets. Written by the control thread and read there; others are given a copy. */
public final class ControlCounters {
    private final long[] verdicts = new long[ControlVerdict.values().length];
    private long sent;
    private long unsent;

    public ControlCounters() {}

    public void count(ControlVerdict verdict) {
        verdicts[verdict.ordinal()]++;
    }

    /** @param isSent whether the kernel took it */
    public void countSent(boolean isSent) {
        if (isSent) {
            sent++;
        } else {
            unsent++;
        }
    }

    public long of(ControlVerdict verdict) {
        return verdicts[verdict.ordinal()];
    }

    /** All of them by name. */
    public Map<String, Long> byName() {
        var named = new LinkedHashMap<String, Long>();
        for (var verdict : ControlVerdict.values()) {
            named.put(verdict.counterName(), of(verdict));
        }
        named.put("sent", sent);
        named.put("send_err", unsent);
        return named;
    }
}

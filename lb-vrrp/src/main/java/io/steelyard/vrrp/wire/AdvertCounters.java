package io.steelyard.vrrp.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/** How often what happened to a virtual router's adverts. Written by the control thread and read there; others are given a copy. */
public final class AdvertCounters {
    /** What is counted beside the verdicts. */
    public enum Event {
        SENT("advert_sent"),
        PRIORITY_ZERO_RECEIVED("pri_zero_rcvd"),
        PRIORITY_ZERO_SENT("pri_zero_sent"),
        BECAME_ACTIVE("become_master"),
        RELEASED_ACTIVE("release_master"),
        /** Accepted with other addresses than ours. */
        OTHER_ADDRESSES("addr_list_err"),
        /** Version 3: accepted with an interval that is not ours, and learned while we are backup. */
        OTHER_INTERVAL_LEARNED("advert_interval_learned");

        private final String counterName;

        Event(String counterName) {
            this.counterName = counterName;
        }

        /** As it appears in metrics. */
        public String counterName() {
            return counterName;
        }
    }

    private final long[] verdicts = new long[Verdict.values().length];
    private final long[] events = new long[Event.values().length];

    public AdvertCounters() {}

    public void count(Verdict verdict) {
        verdicts[verdict.ordinal()]++;
    }

    public void count(Event event) {
        events[event.ordinal()]++;
    }

    public long of(Verdict verdict) {
        return verdicts[verdict.ordinal()];
    }

    public long of(Event event) {
        return events[event.ordinal()];
    }

    /** All of them by their names in metrics. */
    public Map<String, Long> byName() {
        var named = new LinkedHashMap<String, Long>();
        for (var verdict : Verdict.values()) {
            named.put(verdict.counterName(), of(verdict));
        }
        for (var event : Event.values()) {
            named.put(event.counterName(), of(event));
        }
        return named;
    }
}

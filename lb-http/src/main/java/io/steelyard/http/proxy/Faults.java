package io.steelyard.http.proxy;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often each {@link Fault} was met by one virtual server. Added to by every loop and read by any thread: no sum is lost, and none is of one moment. */
final class Faults {
    private final LongAdder[] counts = new LongAdder[Fault.all().length];
    private final LastBroken broken = new LastBroken();

    Faults() {
        Arrays.setAll(counts, index -> new LongAdder());
    }

    /** What the last of them looked like. */
    LastBroken broken() {
        return broken;
    }

    void count(Fault fault) {
        counts[fault.ordinal()].increment();
    }

    /** All of them by their counters' names, also those that never were. */
    Map<String, Long> byName() {
        var result = new LinkedHashMap<String, Long>();
        for (var fault : Fault.all()) {
            result.put(fault.counterName(), counts[fault.ordinal()].sum());
        }
        return Collections.unmodifiableMap(result);
    }
}

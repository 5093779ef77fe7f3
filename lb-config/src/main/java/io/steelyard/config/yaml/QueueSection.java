package io.steelyard.config.yaml;

import io.steelyard.api.pool.ConnectionQueue;
import java.time.Duration;

/** {@link ConnectionQueue}. */
final class QueueSection extends Section<ConnectionQueue> {
    private final Key<ConnectionQueue, Integer> capacity = required(
            "capacity",
            Forms.whole(0, Integer.MAX_VALUE),
            ConnectionQueue::capacity,
            "How many flows may wait; 0 refuses at once.");
    private final Key<ConnectionQueue, Duration> timeout =
            required("timeout", Forms.time(), ConnectionQueue::timeout, "How long each waits at most.");

    QueueSection() {
        super("queue");
    }

    @Override
    ConnectionQueue make(Values values) {
        return new ConnectionQueue(values.get(capacity), values.get(timeout));
    }
}

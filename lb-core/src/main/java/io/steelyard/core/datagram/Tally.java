package io.steelyard.core.datagram;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one virtual server's datagrams came to on one loop. Written by the loop alone, so that a plain read and an opaque write count
 * exactly; read by any thread.
 */
final class Tally {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLongArray dropped = new AtomicLongArray(Drop.all().length);

    void opened() {
        open.setOpaque(open.getPlain() + 1);
        accepted.setOpaque(accepted.getPlain() + 1);
    }

    void closed() {
        open.setOpaque(open.getPlain() - 1);
    }

    void dropped(Drop why, int datagrams) {
        int at = why.ordinal();
        dropped.setOpaque(at, dropped.getPlain(at) + datagrams);
        if (why.isRefusal()) {
            refused.setOpaque(refused.getPlain() + datagrams);
        }
    }

    int open() {
        return open.getOpaque();
    }

    long accepted() {
        return accepted.getOpaque();
    }

    long refused() {
        return refused.getOpaque();
    }

    long dropped(Drop why) {
        return dropped.getOpaque(why.ordinal());
    }
}

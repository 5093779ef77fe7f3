package io.steelyard.http.proxy;

import io.steelyard.http.h2.Flood;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What one loop's clients are doing. Written by its loop, read by any: each value is right, though not all at one moment. */
final class Counts {
    /** Clients ever accepted. */
    final AtomicLong accepted = new AtomicLong();

    /** Clients connected. */
    final AtomicLong active = new AtomicLong();

    /** Requests ever begun to be served. */
    final AtomicLong requests = new AtomicLong();

    /** Clients whose request is being served. */
    final AtomicLong serving = new AtomicLong();

    /** Clients a part of whose request's header has come. */
    final AtomicLong reading = new AtomicLong();

    /** Connections ended because their clients flooded them, by {@link Flood}. */
    private final AtomicLongArray floods = new AtomicLongArray(Flood.values().length);

    void flooded(Flood how) {
        floods.setOpaque(how.ordinal(), floods.getPlain(how.ordinal()) + 1);
    }

    /** How many connections ended because of one kind of flood. */
    long floods(Flood how) {
        return floods.getOpaque(how.ordinal());
    }

    /** Adds where only the loop writes. */
    static void add(AtomicLong count, long change) {
        count.setOpaque(count.getPlain() + change);
    }

    /** The four lines of nginx's {@code stub_status}, over all loops. */
    static String text(Iterable<Counts> loops) {
        long accepted = 0;
        long active = 0;
        long requests = 0;
        long serving = 0;
        long reading = 0;
        for (var loop : loops) {
            accepted += loop.accepted.getOpaque();
            active += loop.active.getOpaque();
            requests += loop.requests.getOpaque();
            serving += loop.serving.getOpaque();
            reading += loop.reading.getOpaque();
        }
        return "Active connections: " + active + " \nserver accepts handled requests\n " + accepted + " " + accepted
                + " " + requests + " \nReading: " + reading + " Writing: " + serving + " Waiting: "
                + Math.max(active - serving - reading, 0) + " \n";
    }
}

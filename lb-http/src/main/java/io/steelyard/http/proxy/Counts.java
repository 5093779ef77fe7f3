package io.steelyard.http.proxy;

import java.util.concurrent.atomic.AtomicLong;

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

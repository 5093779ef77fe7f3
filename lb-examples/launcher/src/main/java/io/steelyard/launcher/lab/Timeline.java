package io.steelyard.launcher.lab;

import java.io.PrintWriter;
import java.util.Locale;

/** What happened, a line each, with the time since the beginning. Safe for all threads. */
final class Timeline {
    private final PrintWriter out;
    private final long beginNs = System.nanoTime();

    Timeline(PrintWriter out) {
        this.out = out;
    }

    /** One more line. @param who a host, or the laboratory itself */
    synchronized void tell(String who, String what) {
        out.printf(Locale.ROOT, "%8.3f s  %-7s %s%n", (System.nanoTime() - beginNs) / 1e9, who, what);
        out.flush();
    }

    /** An empty line and a heading. */
    synchronized void head(String what) {
        out.printf("%n%s%n", what);
        out.flush();
    }
}

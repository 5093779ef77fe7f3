package io.steelyard.http.h2;

import java.util.Arrays;

/**
 * How much of what costs us more than its sender one connection may have done, within windows of 30 seconds. Ordinary clients stay far below.
 * Frames that answer our DATA are allowed for each DATA frame that was sent or received. Owned by one loop.
 */
final class FloodGuard {
    static final long WINDOW_NS = 30_000_000_000L;
    static final int MOST_RESETS = 200;
    static final int MOST_STREAM_ERRORS = 50;
    static final int MOST_SETTINGS = 100;
    static final int MOST_PINGS = 500;
    static final int MOST_EMPTY_DATA = 200;
    static final int MOST_IDLE_FRAMES = 2_000;
    private static final int FRAMES_FOR_DATA = 4;

    private final int[] counts = new int[Flood.values().length];
    private long windowStartNs;
    private long dataFrames;

    FloodGuard(long nowNs) {
        windowStartNs = nowNs;
    }

    /** DATA that was worth something was sent or received. */
    void onData() {
        dataFrames++;
    }

    /** Counts one; true where it is one too many. */
    boolean isTooMuch(Flood what, long nowNs) {
        if (nowNs - windowStartNs >= WINDOW_NS) {
            windowStartNs = nowNs;
            dataFrames = 0;
            Arrays.fill(counts, 0);
        }
        return ++counts[what.ordinal()] > most(what);
    }

    private long most(Flood what) {
        return switch (what) {
            case RAPID_RESET -> MOST_RESETS;
            case MADE_YOU_RESET -> MOST_STREAM_ERRORS;
            case SETTINGS -> MOST_SETTINGS;
            case PING -> MOST_PINGS + dataFrames;
            case EMPTY_DATA -> MOST_EMPTY_DATA;
            case IDLE_FRAMES -> MOST_IDLE_FRAMES + FRAMES_FOR_DATA * dataFrames;
            case CONTINUATION, HEADER_BOMB -> 0;
        };
    }
}

package io.steelyard.http.h2;

/** A way of having much work done by little, for which a connection is ended with ENHANCE_YOUR_CALM. */
public enum Flood {
    /** Requests that are taken back at once (CVE-2023-44487). */
    RAPID_RESET,
    /** Frames that have us reset streams (CVE-2025-8671). */
    MADE_YOU_RESET,
    /** Header blocks in ever more CONTINUATION frames (CVE-2024-27316). */
    CONTINUATION,
    /** Header blocks that expand beyond all measure. */
    HEADER_BOMB,
    /** SETTINGS, each of which is to be acknowledged (CVE-2019-9515). */
    SETTINGS,
    /** PING, each of which is to be answered (CVE-2019-9512). */
    PING,
    /** DATA without data (CVE-2019-9518). */
    EMPTY_DATA,
    /** PRIORITY, WINDOW_UPDATE and unknown frames beyond what there can be a use for (CVE-2019-9511, CVE-2019-9513). */
    IDLE_FRAMES
}

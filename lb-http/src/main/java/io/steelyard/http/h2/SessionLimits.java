package io.steelyard.http.h2;

import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;

/**
 * What the peer of a session may do.
 *
 * @param mostStreams how many requests it may have under way at once, at least 1
 * @param heads how large heads may be; what HTTP/1 has as lines counts as names and values here
 * @param leniency the relaxed rules that concern targets and names
 */
public record SessionLimits(int mostStreams, HttpLimits heads, Leniency leniency) {
    public SessionLimits {
        if (mostStreams < 1) {
            throw new IllegalArgumentException("mostStreams is " + mostStreams + ", expected at least 1");
        }
    }
}

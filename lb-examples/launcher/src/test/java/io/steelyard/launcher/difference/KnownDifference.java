package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.NginxDifferenceIT.Outcome;
import io.steelyard.launcher.difference.RequestMaker.Request;
import java.util.List;
import java.util.Optional;

/** Where we do something else than nginx 1.22, and why. */
enum KnownDifference {
    NONE_YET;

    static Optional<KnownDifference> of(List<Request> sent, int index, Outcome theirs, Outcome ours) {
        return Optional.empty();
    }
}

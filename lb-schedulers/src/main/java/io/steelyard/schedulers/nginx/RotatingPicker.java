package io.steelyard.schedulers.nginx;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Picker;
import io.steelyard.schedulers.rotation.SmoothRotation;
import org.jspecify.annotations.Nullable;

/** A picker that has nginx's round robin under it: for ties, for flows without a key, or for all of them. */
abstract class RotatingPicker implements Picker {
    /** How many choices of an algorithm fail before round robin decides. */
    static final int MAX_TRIES = 20;

    final Candidates candidates;
    final SmoothRotation rotation;

    /** @param previous the picker whose rotation goes on, if it is of this kind */
    RotatingPicker(Candidates candidates, @Nullable Picker previous) {
        this.candidates = candidates;
        rotation = new SmoothRotation(candidates, previous instanceof RotatingPicker same ? same.rotation : null);
    }

    @Override
    public void onFailed(int index, long elapsedNs) {
        rotation.onFailed(index);
    }
}

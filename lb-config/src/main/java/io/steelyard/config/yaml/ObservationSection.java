package io.steelyard.config.yaml;

import io.steelyard.api.pool.Observation;

/** {@link Observation}. */
final class ObservationSection extends Section<Observation> {
    private static final Observation DEFAULTS = Observation.of(Observation.Layer.CONNECTION);

    private final Key<Observation, Observation.Layer> layer = required(
            "layer",
            Forms.word(Observation.Layer.class),
            Observation::layer,
            "`connection`: whether connections succeed. `answer`: besides that, whether requests are answered, and not with a status of 500 "
                    + "and up, but for 501 and 505.");
    private final Key<Observation, Integer> errorLimit = optional(
            "errorLimit",
            Forms.whole(1, Integer.MAX_VALUE),
            Observation::errorLimit,
            DEFAULTS.errorLimit(),
            "Failures in a row that cause the reaction.");
    private final Key<Observation, Observation.Reaction> reaction = optional(
            "reaction",
            Forms.word(Observation.Reaction.class),
            Observation::reaction,
            DEFAULTS.reaction(),
            "`probeSoon`: the next probe comes after the check's `transitionInterval`, as in all cases; `failedProbe`: they are a probe that "
                    + "failed; `lastFailedProbe`: the same, and one more such brings the server down; `down`: it is down.");

    ObservationSection() {
        super("observation");
    }

    @Override
    Observation make(Values values) {
        return new Observation(
                values.get(layer),
                values.or(errorLimit, DEFAULTS.errorLimit()),
                values.or(reaction, DEFAULTS.reaction()));
    }
}

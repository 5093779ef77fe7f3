package io.steelyard.config.yaml;

import io.steelyard.api.pool.NameSlot.Holds;
import java.time.Duration;
import java.util.function.Function;

/** {@link Holds}. */
final class NameHoldsSection extends Section<Holds> {
    private final Key<Holds, Duration> unknown =
            hold("unknown", Holds::unknown, "Where there is no such name any more.");
    private final Key<Holds, Duration> silent = hold("silent", Holds::silent, "Where nobody answers.");
    private final Key<Holds, Duration> refused = hold("refused", Holds::refused, "Where the question is refused.");
    private final Key<Holds, Duration> failed =
            hold("failed", Holds::failed, "Where an answer has no address, or tells of another failure.");
    private final Key<Holds, Duration> obsolete = hold(
            "obsolete", Holds::obsolete, "After it was seen last, for an address that is missing in a good answer.");

    NameHoldsSection() {
        super("name holds");
    }

    private Key<Holds, Duration> hold(String name, Function<Holds, Duration> of, String text) {
        return optional(name, Forms.time(), of, of.apply(Holds.DEFAULT), text);
    }

    @Override
    Holds make(Values values) {
        return new Holds(
                values.or(unknown, Holds.DEFAULT.unknown()),
                values.or(silent, Holds.DEFAULT.silent()),
                values.or(refused, Holds.DEFAULT.refused()),
                values.or(failed, Holds.DEFAULT.failed()),
                values.or(obsolete, Holds.DEFAULT.obsolete()));
    }
}

package io.steelyard.config.nginx;

import io.steelyard.config.nginx.DirectiveSpec.Treatment;
import io.steelyard.config.nginx.DirectiveSpec.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collects what is known of directives. One thread. */
final class DirectiveList {
    private final List<DirectiveSpec> specs = new ArrayList<>();

    /** What was collected, in that order. */
    List<DirectiveSpec> all() {
        return List.copyOf(specs);
    }

    /** One with a single argument. */
    void honoured(String name, Set<Context> contexts, Value value) {
        add(new DirectiveSpec(name, contexts, 1, 1, false, false, value, Treatment.HONOURED, "", Set.of()));
    }

    /** One with so many arguments, to be {@linkplain #add added}. */
    static DirectiveSpec honouring(String name, Set<Context> contexts, int least, int most) {
        return new DirectiveSpec(
                name, contexts, least, most, false, false, Value.TEXT, Treatment.HONOURED, "", Set.of());
    }

    /** One that is taken, and does nothing here. */
    void accept(String why, String name, Set<Context> contexts, int least, int most, Value value) {
        add(accepting(why, name, contexts, least, most, value));
    }

    /** One that is taken, and does nothing here, to be {@linkplain #add added}. */
    static DirectiveSpec accepting(String why, String name, Set<Context> contexts, int least, int most, Value value) {
        return new DirectiveSpec(name, contexts, least, most, false, false, value, Treatment.ACCEPTED, why, Set.of());
    }

    /** One that cannot be honoured; it may stand several times. */
    void refuse(String why, String name, Set<Context> contexts, int least, int most) {
        add(refusing(why, name, contexts, least, most).repeating());
    }

    /** One that cannot be honoured, to be {@linkplain #add added}. */
    static DirectiveSpec refusing(String why, String name, Set<Context> contexts, int least, int most) {
        return new DirectiveSpec(
                name, contexts, least, most, false, false, Value.TEXT, Treatment.REFUSED, why, Set.of());
    }

    void add(DirectiveSpec spec) {
        specs.add(spec);
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.pool.PassiveHealth;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** {@link PassiveHealth}: a word, or the numbers of a sliding window. */
final class PassiveHealthForm implements Form<PassiveHealth> {
    private final Form<PassiveHealth> words = Forms.word(wordsByName());
    private final WindowSection window = new WindowSection();

    private static SequencedMap<String, PassiveHealth> wordsByName() {
        var byName = new LinkedHashMap<String, PassiveHealth>();
        byName.put("off", new PassiveHealth.Off());
        byName.put("maxFails", new PassiveHealth.MaxFails());
        byName.put("slidingWindow", PassiveHealth.SlidingWindow.defaults());
        return byName;
    }

    @Override
    public Optional<PassiveHealth> read(Yaml yaml, Reading reading) {
        return yaml instanceof Yaml.Mapping
                ? window.read(yaml, reading).map(PassiveHealth.class::cast)
                : words.read(yaml, reading);
    }

    @Override
    public Yaml write(PassiveHealth value) {
        return value instanceof PassiveHealth.SlidingWindow sliding
                        && !sliding.equals(PassiveHealth.SlidingWindow.defaults())
                ? window.write(sliding)
                : words.write(value);
    }

    @Override
    public Shape shape() {
        return new Shape.Either(List.of(words.shape(), window.shape()));
    }

    /** {@link PassiveHealth.SlidingWindow}. */
    static final class WindowSection extends Section<PassiveHealth.SlidingWindow> {
        private static final PassiveHealth.SlidingWindow DEFAULTS = PassiveHealth.SlidingWindow.defaults();

        private final Key<PassiveHealth.SlidingWindow, Integer> failures = optional(
                "failures",
                Forms.whole(1, Integer.MAX_VALUE),
                PassiveHealth.SlidingWindow::failures,
                DEFAULTS.failures(),
                "How many failures within the window eject a server.");
        private final Key<PassiveHealth.SlidingWindow, Duration> span = optional(
                "window",
                Forms.positiveTime(),
                PassiveHealth.SlidingWindow::window,
                DEFAULTS.window(),
                "How long a failure counts.");
        private final Key<PassiveHealth.SlidingWindow, Duration> ejection = optional(
                "ejection",
                Forms.positiveTime(),
                PassiveHealth.SlidingWindow::ejection,
                DEFAULTS.ejection(),
                "How long the first ejection lasts; the next in a row last two, three, up to ten times as long.");
        private final Key<PassiveHealth.SlidingWindow, Integer> maxEjectedPercent = optional(
                "maxEjectedPercent",
                Forms.whole(0, 100),
                PassiveHealth.SlidingWindow::maxEjectedPercent,
                DEFAULTS.maxEjectedPercent(),
                "The greatest share of a tier's servers that is ejected at once, in percent; one always may be.");

        WindowSection() {
            super("sliding window");
        }

        @Override
        PassiveHealth.SlidingWindow make(Values values) {
            return new PassiveHealth.SlidingWindow(
                    values.or(failures, DEFAULTS.failures()),
                    values.or(span, DEFAULTS.window()),
                    values.or(ejection, DEFAULTS.ejection()),
                    values.or(maxEjectedPercent, DEFAULTS.maxEjectedPercent()));
        }
    }
}

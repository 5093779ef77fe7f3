package io.steelyard.config.yaml;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.pool.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Random steps of checks, for round trips. */
final class RandomSteps {
    private final Random random;

    RandomSteps(Random random) {
        this.random = random;
    }

    /** Up to three of them, in any order. */
    List<CheckStep> next() {
        var steps = new ArrayList<CheckStep>();
        for (int i = random.nextInt(4); i > 0; i--) {
            steps.add(step());
        }
        return steps;
    }

    private CheckStep step() {
        return switch (random.nextInt(4)) {
            case 0 ->
                new CheckStep.Connect(
                        random.nextBoolean(),
                        random.nextBoolean()
                                ? Optional.of(ServerAddress.numericAddress("2001:db8::7"))
                                : Optional.empty(),
                        random.nextInt(65_536),
                        one(CheckStep.Security.values()),
                        text(),
                        random.nextBoolean() ? List.of() : List.of("h2", "http/1.1"),
                        random.nextBoolean(),
                        random.nextInt(3),
                        text());
            case 1 -> new CheckStep.Send(text(), random.nextInt(3), text());
            case 2 ->
                new CheckStep.Request(
                        one("GET", "OPTIONS"),
                        one("/", "/a?b"),
                        one("1.0", "1.1"),
                        random.nextBoolean() ? List.of() : List.of("Host: x", "X: y"),
                        text(),
                        random.nextInt(3),
                        text());
            default -> expect();
        };
    }

    private CheckStep.Expect expect() {
        var subject = one(CheckStep.Subject.values());
        return new CheckStep.Expect(
                subject,
                text(),
                subject == CheckStep.Subject.FIELD ? Optional.of(field()) : Optional.empty(),
                random.nextBoolean(),
                random.nextInt(5) - 1,
                status(),
                status(),
                status(),
                text(),
                text(),
                random.nextInt(3),
                text());
    }

    private CheckStep.FieldTest field() {
        return new CheckStep.FieldTest(
                text(),
                one(CheckStep.Comparison.values()),
                random.nextBoolean() ? Optional.of(text()) : Optional.empty(),
                one(CheckStep.Comparison.values()),
                random.nextBoolean());
    }

    private Optional<CheckStatus> status() {
        return random.nextBoolean() ? Optional.empty() : Optional.of(one(CheckStatus.values()));
    }

    private String text() {
        return one("", "PING\\r\\n", "a: b # c", " x ", "\"'", "\\x00\\xff", "true", "7");
    }

    @SafeVarargs
    private final <T> T one(T... values) {
        return values[random.nextInt(values.length)];
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.RouteAffinity;
import io.steelyard.api.affinity.ServerAffinity;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.http.Condition;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Any affinity of HTTP clients that the model allows. */
final class RandomAffinity {
    /** The name of the table that rules use. */
    static final String TABLE = "clients";

    private final Random random;

    RandomAffinity(Random random) {
        this.random = random;
    }

    RequestAffinity next() {
        var rules = new ArrayList<RequestAffinity.Rule>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            rules.add(rule());
        }
        return new RequestAffinity(rules, random.nextBoolean(), condition(), condition());
    }

    private RequestAffinity.Rule rule() {
        return switch (random.nextInt(5)) {
            case 0 -> new RouteAffinity(List.of(Template.parse("$cookie_a"), Template.parse("x$arg_b")));
            case 1 ->
                new TableAffinity(one(TableAffinity.Use.values()), TABLE, Template.parse("$http_x_user"), condition());
            case 2 -> new ServerAffinity(Template.parse(one("a", "$arg_d")), condition());
            default -> cookie();
        };
    }

    private Optional<Condition> condition() {
        return random.nextBoolean() ? Optional.empty() : Optional.of(new Condition.IsTrue(Template.parse("$arg_c")));
    }

    private CookieAffinity cookie() {
        var mode = one(CookieAffinity.Mode.values());
        boolean isInserted = mode == CookieAffinity.Mode.INSERT;
        Value value = switch (random.nextInt(isInserted ? 4 : 3)) {
            case 0 -> new Value.Named();
            case 1 -> new Value.AddressDigest();
            case 2 -> new Value.Keyed("key, with: signs");
            default -> new Value.Signed(List.of("0123456789abcdef", "another key of many"), time().plusSeconds(1));
        };
        boolean hasDates = isInserted && !(value instanceof Value.Signed);
        return new CookieAffinity(
                one("SRV", "true", "12"),
                mode,
                value,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean() ? Optional.empty() : Optional.of(one(CookieAffinity.SameSite.values())),
                random.nextBoolean() ? List.of() : List.of("a.example", ".b.example"),
                random.nextBoolean() ? Optional.empty() : Optional.of("/x"),
                hasDates ? time() : Duration.ZERO,
                hasDates ? time() : Duration.ZERO,
                time(),
                random.nextBoolean() ? List.of() : List.of("Priority=High"),
                random.nextBoolean() ? List.of() : List.of(Template.parse("domain=$host"), Template.literal("a")));
    }

    private Duration time() {
        return Duration.ofSeconds(random.nextInt(100_000));
    }

    @SafeVarargs
    private <V> V one(V... values) {
        return values[random.nextInt(values.length)];
    }
}

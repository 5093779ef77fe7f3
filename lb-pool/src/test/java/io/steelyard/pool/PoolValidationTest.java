package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.Problem;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolValidationTest {
    private static List<String> check(ServerPool.Builder pool) {
        return PoolValidation.check(pool.build(), Fixture.plugins()).stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void aGoodPoolHasNoProblem() {
        assertThat(check(pool("a").scheduler("weights", Map.of("two", "on", "tries", "3"))))
                .isEmpty();
        assertThat(check(pool("a").scheduler("sum.hash").hashKey("$remote_addr")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"frist, first", "hash, sum.hash", "leest, least", "rotation, rotating"})
    void unknownSchedulersGetNearNamesFirst(String wrong, String near) {
        assertThat(check(pool("a").scheduler(wrong)))
                .singleElement()
                .asString()
                .isEqualTo("pools.web.scheduler.name: error: unknown scheduler '" + wrong + "', expected " + near
                        + " (known: broken, first, least, rotating, sum.hash, weights)");
    }

    @Test
    void allProblemsAreFoundAtOnceWithTheirPaths() {
        var found = check(pool("a")
                .scheduler("weights", Map.of("two", "maybe", "x", "1"))
                .healthCheck(HealthCheckSpec.builder("probe").build()));
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "pools.web.scheduler.options.two: error: option 'two' has the value 'maybe', expected true or false",
                        "pools.web.scheduler.options.x: error: unknown option 'x', expected one of tries, two",
                        "pools.web.healthChecks[0].type: error: unknown health check 'probe'; no health check is "
                                + "installed; add the module that has it");
    }

    @Test
    void whatThePluginItselfRefusesIsAProblem() {
        assertThat(check(pool("a").scheduler("weights", Map.of("tries", "0"))))
                .containsExactly("pools.web.scheduler.options: error: tries is 0, expected at least 1");
    }

    @Test
    void healthCheckOptionsAreChecked() {
        var plugins = Plugins.builder()
                .register(new Fixture.FirstProvider())
                .register(new HealthFixture.ProbeProvider())
                .build();
        var pool = pool("a")
                .healthCheck(HealthCheckSpec.builder("probe").build())
                .healthCheck(
                        HealthCheckSpec.builder("probe").option("path", "/").build())
                .build();
        assertThat(PoolValidation.check(pool, plugins))
                .extracting(Problem::toString)
                .containsExactly(
                        "pools.web.healthChecks[1].options.path: error: unknown option 'path', expected no option");
    }

    @Test
    void hashKeysThatFitNoSchedulerAreWarnings() {
        assertThat(check(pool("a").hashKey("$remote_addr")))
                .singleElement()
                .asString()
                .startsWith("pools.web.hashKey: warning: scheduler first hashes no key");
        assertThat(check(pool("a").scheduler("sum.hash")))
                .singleElement()
                .asString()
                .startsWith("pools.web.hashKey: warning: scheduler sum.hash hashes a key and the pool has none");
    }

    @Test
    void backupsThatNginxRefusesAreANotice() {
        var plugins = Plugins.builder().register(new IpHash()).build();
        var pool = ServerPool.builder("web")
                .personality(Personality.NGINX)
                .scheduler("nginx.ip_hash")
                .server(server("a").build())
                .server(server("b").backup().build());
        assertThat(PoolValidation.check(pool.build(), plugins))
                .singleElement()
                .satisfies(problem -> assertThat(problem.severity()).isEqualTo(Problem.Severity.NOTICE));
        assertThat(PoolValidation.check(pool.personality(Personality.NATIVE).build(), plugins))
                .isEmpty();
    }

    private static final class IpHash implements SchedulerProvider {
        @Override
        public String name() {
            return "nginx.ip_hash";
        }

        @Override
        public String description() {
            return "by name only";
        }

        @Override
        public List<OptionSpec> options() {
            return List.of();
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) -> flow -> 0;
        }
    }
}

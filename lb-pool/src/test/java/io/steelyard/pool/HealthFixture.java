package io.steelyard.pool;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.plugin.Options;

/** Health checks for tests. */
final class HealthFixture {
    private HealthFixture() {}

    /** Always passes. */
    static final class ProbeProvider implements HealthCheckProvider {
        @Override
        public String name() {
            return "probe";
        }

        @Override
        public String description() {
            return "always passes";
        }

        @Override
        public HealthCheck create(Options options) {
            return target -> ProbeResult.passed("passed");
        }
    }
}

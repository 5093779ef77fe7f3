package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProvidersTest {
    @Test
    void allAreInstalledAndWorkWithTheirDefaults() {
        var installed = Plugins.installed().healthChecks();
        assertThat(installed).extracting(HealthCheckProvider::name).contains("agent", "http", "tcp", "udp");
        assertThat(installed).allSatisfy(provider -> {
            assertThat(provider.description()).isNotEmpty();
            assertThat(provider.create(Options.defaults(provider.options()))).isNotNull();
        });
    }

    @Test
    void classPathListNamesEveryProvider() throws Exception {
        try (var list = HealthCheckProvider.class
                .getModule()
                .getClassLoader()
                .getResourceAsStream("META-INF/services/" + HealthCheckProvider.class.getName())) {
            assertThat(list).isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .contains(
                            AgentCheckProvider.class.getName(),
                            HttpCheckProvider.class.getName(),
                            TcpCheckProvider.class.getName(),
                            UdpCheckProvider.class.getName());
        }
    }
}

package io.steelyard.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Configuration;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import java.util.Random;
import org.junit.jupiter.api.Test;

class YamlRoundTripTest {
    @Test
    void everyConfigurationReadsBackEqual() {
        for (long seed = 0; seed < 3_000; seed++) {
            var configuration = RandomConfiguration.make(new Random(seed));
            var text = YamlWriter.write(configuration);
            var read = new YamlReader().read(ConfigurationSource.of("written.yaml", text));
            assertThat(read.problems()).as("seed " + seed + "\n" + text).isEmpty();
            assertThat(read.configuration()).as("seed " + seed + "\n" + text).contains(configuration);
        }
    }

    @Test
    void everyKeyIsWrittenBySomeRandomConfiguration() {
        var texts = new StringBuilder();
        for (long seed = 0; seed < 300; seed++) {
            texts.append(YamlWriter.write(RandomConfiguration.make(new Random(seed))));
        }
        for (var section : Sections.all().values()) {
            for (var key : section.keys()) {
                assertThat(texts.indexOf(key.name() + ":"))
                        .as(section.title() + "." + key.name())
                        .isNotNegative();
            }
        }
    }

    @Test
    void defaultsAreLeftOut() {
        var configuration = Configuration.builder()
                .pool(ServerPool.builder("web")
                        .server(RealServer.of("10.0.0.1:80"))
                        .server(RealServer.builder("10.0.0.2:80").weight(3).build())
                        .healthCheck(HealthCheckSpec.builder("tcp").build()))
                .virtualServer(
                        VirtualServer.tcp("front").listen("127.0.0.1:8080").pool("web"))
                .build();
        assertThat(YamlWriter.write(configuration)).isEqualTo("""
                pools:
                  web:
                    servers:
                      - 10.0.0.1:80
                      - address: 10.0.0.2:80
                        weight: 3
                    healthChecks:
                      - tcp

                virtualServers:
                  front:
                    listen:
                      - 127.0.0.1:8080
                    pool: web
                """);
    }

    @Test
    void whatYamlHasNoKeysForIsRefusedAndNotLost() {
        var router = Configuration.builder()
                .virtualRouter(VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.1"))
                .build();
        assertThatThrownBy(() -> YamlWriter.write(router))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("virtual routers");
        var settings = Configuration.builder()
                .vrrp(VrrpSettings.builder().routerId("LVS_1").build())
                .build();
        assertThatThrownBy(() -> YamlWriter.write(settings)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEmptyConfigurationIsAnEmptyMapping() {
        assertThat(YamlWriter.write(Configuration.builder().build())).isEqualTo("{}\n");
    }
}

package io.steelyard.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.config.keepalived.KeepalivedConfigurationReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlRoundTripTest {
    private static Configuration read(String text) {
        var result = new YamlReader().read(ConfigurationSource.of("written.yaml", text));
        assertThat(result.problems().stream().filter(Problem::isError)).as(text).isEmpty();
        return result.configuration().orElseThrow();
    }

    private static Configuration virtualRoutersOfTheManual() throws IOException {
        var manual = Files.readString(ManualTest.MANUAL);
        int begin = manual.indexOf("virtualRouters:\n", manual.indexOf("#### virtual router\n"));
        return read(manual.substring(begin, manual.indexOf("```", begin)));
    }

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
    void everyKeyIsWrittenBySomeConfiguration() throws IOException {
        var texts = new StringBuilder(YamlWriter.write(virtualRoutersOfTheManual()));
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

    @ParameterizedTest
    @ValueSource(strings = {"0-dual-vip-lb1", "1-lvs-dr-master", "3-tracked-nginx-master", "4-weighted-track-script"})
    void virtualRoutersOfKeepalivedAreReadBackAsTheyWere(String name) throws IOException {
        try (var seed = YamlRoundTripTest.class.getResourceAsStream("/seeds/" + name + ".keepalived.conf")) {
            var text = new String(Objects.requireNonNull(seed).readAllBytes(), StandardCharsets.UTF_8);
            var original = new KeepalivedConfigurationReader()
                    .read(ConfigurationSource.of(name, text))
                    .configuration()
                    .orElseThrow();

            assertThat(read(YamlWriter.write(original))).isEqualTo(original);
        }
    }

    @Test
    void everyKeyOfVirtualRoutersIsWrittenAsItWasRead() throws IOException {
        var original = virtualRoutersOfTheManual();

        assertThat(original.virtualRouters()).hasSize(5);
        assertThat(original.trackers()).hasSize(8);
        assertThat(read(YamlWriter.write(original))).isEqualTo(original);
    }

    @Test
    void anEmptyConfigurationIsAnEmptyMapping() {
        assertThat(YamlWriter.write(Configuration.builder().build())).isEqualTo("{}\n");
    }
}

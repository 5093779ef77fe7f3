package io.steelyard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFilesTest {
    private static final ConfigurationFiles FILES =
            ConfigurationFiles.of(Plugins.builder().register(new YamlReader()).build());

    @Test
    void filesAreJoined() {
        var read = read(
                "settings: {loops: 2}\npools: {web: {servers: \"10.0.0.1:80\"}}",
                "settings: {drainTimeout: 5s}\nvirtualServers: {front: {listen: 8080, pool: web}}");
        assertThat(read.problems()).isEmpty();
        var configuration = read.configuration().orElseThrow();
        assertThat(configuration.settings().loops()).isEqualTo(2);
        assertThat(configuration.settings().drainTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(configuration.pools()).hasSize(1);
        assertThat(configuration.virtualServers()).hasSize(1);
    }

    @Test
    void conflictsBetweenFilesAreToldWithBothPlaces() {
        var read = read(
                "settings: {loops: 2}\npools: {web: {servers: \"10.0.0.1:80\"}}\n"
                        + "virtualServers: {a: {listen: 8080, pool: web}}",
                "settings: {loops: 3}\npools: {web: {servers: \"10.0.0.2:80\"}}\n"
                        + "virtualServers: {b: {listen: 8080, pool: web}}");
        assertThat(read.configuration()).isEmpty();
        assertThat(read.problems())
                .extracting(Problem::toString)
                .containsExactlyInAnyOrder(
                        "f1:1:12: error: setting 'loops' is given twice and differently; the first is at f0:1:12; rename or remove one of them",
                        "f1:2:9: error: pool 'web' is configured twice and differently; the first is at f0:2:9; rename or remove one of them",
                        "f1:3:22: error: duplicate listener TCP 0.0.0.0:8080: 'a' has it too at f0:3:22");
    }

    @Test
    void whatTwoFilesSayAlikeCountsOnce() {
        var pool = "settings: {loops: 2}\npools: {web: {servers: \"10.0.0.1:80\"}}\n";
        var read = read(pool, pool);
        assertThat(read.problems()).isEmpty();
        assertThat(read.configuration().orElseThrow().pools()).hasSize(1);
    }

    @Test
    void whatNoFileHasIsToldWithItsPlace() {
        var read = read("settings: {}\n", "virtualServers: {front: {listen: 8080, pool: web}}");
        assertThat(read.problems()).extracting(Problem::toString).containsExactly("f1:1:40: error: unknown pool 'web'");
    }

    @Test
    void aProblemFoundLaterIsLocatedInTheRightFile() {
        var read = read(
                "pools: {web: {servers: \"10.0.0.1:80\"}}", "pools: {db: {servers: \"10.0.0.2:80\", scheduler: x}}");
        assertThat(read.locate(Problem.error("pools.db.scheduler", "unknown scheduler")))
                .hasToString("f1:1:38: error: unknown scheduler");
    }

    @Test
    void everyFileIsReadEvenWhereTheFirstIsWrong() {
        var read = read("pools: 1", "settings: 1");
        assertThat(read.problems()).hasSize(2);
    }

    @Test
    void aFileThatCannotBeReadIsAnError(@TempDir Path directory) throws IOException {
        var good = Files.writeString(directory.resolve("good.yaml"), "settings: {}\n");
        var missing = directory.resolve("missing.yaml");
        var read = FILES.read(List.of(missing, good));
        assertThat(read.configuration()).isEmpty();
        assertThat(read.problems())
                .extracting(Problem::toString)
                .containsExactly(missing + ": error: cannot be read: there is no such file");
    }

    @Test
    void formatsThatAreUnknownOrUnrecognizedAreErrors() {
        var source = List.of(ConfigurationSource.of("f", "hello"));
        assertThat(FILES.readSources(source, Optional.empty()).problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "f: error: the format cannot be told from the content, expected one of yaml; name it with --format");
        assertThat(FILES.readSources(source, Optional.of("toml")).problems())
                .extracting(Problem::toString)
                .containsExactly("f: error: unknown format 'toml', expected one of yaml");
    }

    private static ReadFiles read(String... texts) {
        var sources = new ArrayList<ConfigurationSource>();
        for (var text : texts) {
            sources.add(ConfigurationSource.of("f" + sources.size(), text));
        }
        return FILES.readSources(sources, Optional.empty());
    }
}

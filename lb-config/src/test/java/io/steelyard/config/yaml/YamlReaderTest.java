package io.steelyard.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.proxy.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    private static final String GOOD = """
            pools:
              web:
                scheduler: {name: nginx.hash, options: {consistent: true}}
                hashKey: $remote_addr
                servers:
                  - 10.0.0.1:80
                  - {address: "10.0.0.2:80", weight: 3, tier: 1}
            virtualServers:
              front: {protocol: udp, listen: "127.0.0.1:53", pool: web}
            """;

    @Test
    void aFileIsReadIntoTheModel() {
        var configuration = read(GOOD).configuration().orElseThrow();
        var pool = configuration.pool("web").orElseThrow();
        assertThat(pool.scheduler().options()).containsEntry("consistent", "true");
        assertThat(pool.servers()).hasSize(2);
        assertThat(pool.servers().get(1).weight()).isEqualTo(3);
        assertThat(configuration.virtualServers().getFirst().protocol()).isEqualTo(Protocol.UDP);
    }

    @Test
    void placesOfPartsAreKept() {
        var positions = read(GOOD).positions();
        assertThat(positions.get("pools.web")).hasToString("f.yaml:2:3");
        assertThat(positions.get("pools.web.scheduler.options.consistent")).hasToString("f.yaml:3:45");
        assertThat(positions.get("pools.web.servers.10.0.0.2:80.weight")).hasToString("f.yaml:7:34");
        assertThat(positions.get("virtualServers.front.pool")).hasToString("f.yaml:9:50");
    }

    @Test
    void aProblemOfAPartIsFoundInTheFile() {
        var problem = Problem.error("pools.web.scheduler.options.consistent", "no");
        assertThat(read(GOOD).locate(problem).position()).hasToString("Optional[f.yaml:3:45]");
    }

    @Test
    void allErrorsComeInOneGoInFileOrder() {
        assertThat(messages("""
                pools:
                  web:
                    schedulr: p2c
                    servers:
                      - address: 10.0.0.1:70000
                        weight: many
                      - weight: 2
                    affinity: 5
                    passiveHealth: maxfail
                virtualServers:
                  front:
                    listen: [localhost:80]
                    pool: wbe
                    options: {halfClose: on, idleTimeout: 0s}
                """))
                .containsExactly(
                        "f.yaml:3:5: error: unknown key 'schedulr' in a pool, expected one of personality, scheduler, hashKey, servers, "
                                + "allBackups, affinity, requestAffinity, healthChecks, passiveHealth, queue, retryBudget, reuse, fullConnections; did you mean 'scheduler'?",
                        "f.yaml:5:18: error: port 70000 is out of range, expected 1 to 65535",
                        "f.yaml:6:17: error: 'many' is not a whole number, expected 0 to 65535",
                        "f.yaml:7:9: error: the server has no 'address', expected address:port; add address: …",
                        "f.yaml:8:15: error: '5' is not a time, expected one such as 500ms, 2s or 1m30s",
                        "f.yaml:9:20: error: 'maxfail' is unknown (did you mean 'maxFails'?), expected off, maxFails, slidingWindow",
                        "f.yaml:12:14: error: 'localhost' is not a numeric IP address",
                        "f.yaml:14:26: error: 'on' is neither, expected true or false",
                        "f.yaml:14:43: error: 0s is no time, expected more than zero");
    }

    @Test
    void faultsBetweenPartsAreToldWithTheirPlace() {
        assertThat(messages("""
                pools:
                  web: {servers: ["10.0.0.1:80"]}
                  empty: {servers: []}
                virtualServers:
                  one: {listen: "80", pool: wbe}
                  two: {listen: "80", pool: web}
                """))
                .containsExactly(
                        "f.yaml:3:3: error: pool 'empty' has no server, expected at least one",
                        "f.yaml:5:23: error: unknown pool 'wbe', expected one of empty, web",
                        "f.yaml:6:9: error: duplicate listener TCP 0.0.0.0:80: 'one' has it too");
    }

    @Test
    void aPartMayNamePoolsOfOtherFiles() {
        var text = "virtualServers:\n  one: {listen: \"80\", pool: web}\n";
        assertThat(new YamlReader().readPart(source(text)).problems()).isEmpty();
        assertThat(messages(text)).hasSize(1);
    }

    @Test
    void aKeyGivenTwiceIsToldWithBothPlaces() {
        assertThat(messages("settings: {loops: 1,\n loops: 2}\nsettings: {}\n"))
                .containsExactly(
                        "f.yaml:2:2: error: the key 'loops' is here twice; the first is at f.yaml:1:12; remove one of them",
                        "f.yaml:3:1: error: the key 'settings' is here twice; the first is at f.yaml:1:1; remove one of them");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- a",
                "pools: [a]",
                "pools: {web: }",
                "pools: {web: {servers: {}}}",
                "pools: {web: {servers: 10.0.0.1}}",
                "settings: {loops: 1.5}",
                "settings: {loops: 0x10}",
                "settings: {loops: 99999999999999999999}",
                "settings: {loops: null}",
                "settings: {loops: !int 3}",
                "settings: {drainTimeout: 5}",
                "settings: {drainTimeout: 999999999999d}",
                "pools: {? [a] : b}",
                "pools: *none",
                "pools: &a {web: *a}",
                "settings: {}\n---\nsettings: {}",
                "pools: {'': {servers: 'a:1'}}",
                "virtualServers: {a: {listen: 80}}",
                "virtualServers: {a: {listen: 80, pool: b, reply: c}}",
                "variables: {a: {map: {source: $}}}",
                "variables: {a: {}}",
                "\tpools: {}",
                "pools: \"",
                ""
            })
    void whatIsWrongHasAPlaceAndNoConfiguration(String text) {
        var result = read(text);
        assertThat(result.configuration()).isEmpty();
        assertThat(result.problems()).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.position()).isPresent();
            assertThat(problem.isError()).isTrue();
        });
    }

    @Test
    void whatNobodySeesIsReadWithANotice() {
        var result = read("\uFEFFpools:\r\n  web:\r\n\u00a0\u00a0\u00a0 servers: [\"10.0.0.1:80\"]\r\n");
        assertThat(result.problems()).extracting(Problem::severity).containsOnly(Problem.Severity.NOTICE);
        assertThat(result.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "f.yaml:1:1: notice: the file begins with a byte order mark, which is ignored",
                        "f.yaml:1:7: notice: lines end in CR LF, which is read as LF",
                        "f.yaml:3:1: notice: no-break or wide spaces (U+00A0) are read as spaces");
        assertThat(result.configuration()).isPresent();
    }

    @Test
    void anInvisibleCharacterIsAnErrorWithItsPlace() {
        assertThat(messages("pools:\n  w\u200beb: {servers: [\"10.0.0.1:80\"]}\n"))
                .first()
                .asString()
                .startsWith("f.yaml:2:4: error: the invisible character U+200B stands here");
    }

    @Test
    void tabsAreExplained() {
        assertThat(messages("pools:\n\tweb: {}\n"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:2:1: error: not valid YAML")
                .endsWith("indent with spaces");
    }

    @Test
    void deepNestingIsRefusedBeforeItCostsStack() {
        assertThat(messages("pools: " + "[".repeat(200_000)))
                .singleElement()
                .asString()
                .contains("nested more than 64 deep");
    }

    @Test
    void aliasBombsAreRefused() {
        var bomb = new StringBuilder("settings: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("pools").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ",").repeat(10)).append("]\n");
        }
        assertThat(messages(bomb.toString())).hasSizeLessThan(Reading.MAX_PROBLEMS + 2);

        var wide = "x: &s [" + "\"10.0.0.1:80\",".repeat(2_000) + "]\npools:\n"
                + java.util.stream.IntStream.range(0, 600)
                        .mapToObj(i -> "  p" + i + ": {servers: *s}\n")
                        .collect(java.util.stream.Collectors.joining());
        assertThat(messages(wide)).anyMatch(message -> message.contains("expand to too many values"));
    }

    @Test
    void manyProblemsAreCutShort() {
        var problems = messages("settings:\n" + "  - a\n".repeat(3) + "pools:\n"
                + java.util.stream.IntStream.range(0, 5_000)
                        .mapToObj(i -> "  p" + i + ": 1\n")
                        .collect(java.util.stream.Collectors.joining()));
        assertThat(problems).hasSize(Reading.MAX_PROBLEMS + 1).last().asString().contains("the rest is not listed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pools:\n", "# comment\n\nvirtualServers:\n  a:\n", "{\"pools\": {}}", "\"settings\": {}"})
    void ourFilesAreRecognized(String text) {
        assertThat(new YamlReader().recognizes(ConfigurationSource.of("x", text)))
                .isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stream {\n  upstream pools {\n }\n}", "listen web\n  bind :80", "global_defs {\n}"})
    void otherFilesAreNot(String text) {
        assertThat(new YamlReader().recognizes(ConfigurationSource.of("x", text)))
                .isZero();
    }

    private static ConfigurationSource source(String text) {
        return ConfigurationSource.of("f.yaml", text);
    }

    private static ReadResult read(String text) {
        return new YamlReader().read(source(text));
    }

    private static List<String> messages(String text) {
        return read(text).problems().stream().map(Problem::toString).toList();
    }
}

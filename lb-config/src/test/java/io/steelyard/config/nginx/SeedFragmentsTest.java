package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.Target;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The users' own pieces of http blocks. */
class SeedFragmentsTest {
    @ParameterizedTest
    @CsvSource({
        "0-http-rr, nginx.round_robin, 1 1 1",
        "0-http-weighted, nginx.round_robin, 1 3 6",
        "0-http-least-conn, nginx.least_conn, 1 1 1",
        "0-http-ip-hash, nginx.ip_hash, 1 1 1"
    })
    void poolsOfHttp(String name, String scheduler, String weights) throws IOException, URISyntaxException {
        var result = new NginxConfigurationReader().read(source(name).inside("http"));
        assertThat(result.problems()).isEmpty();
        var configuration = result.configuration().orElseThrow();
        var pool = configuration.pool("myweb1").orElseThrow();
        assertThat(pool.scheduler().name()).isEqualTo(scheduler);
        assertThat(pool.servers()).extracting(RealServer::weight).isEqualTo(numbers(weights));
        assertThat(pool.servers()).extracting(RealServer::name).first().isEqualTo("192.168.0.161");
        assertThat(root(result).routes().getFirst().content())
                .isInstanceOfSatisfying(
                        HttpProxy.class, proxy -> assertThat(proxy.pool()).contains("myweb1"));
    }

    @ParameterizedTest
    @CsvSource({"0-http-rr", "0-realip-balancer", "0-realip-real-server"})
    void aloneTheyNeedABlock(String name) throws IOException, URISyntaxException {
        var result = new NginxConfigurationReader().read(source(name));
        assertThat(result.problems()).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.toString()).contains("--as http");
        });
    }

    @Test
    void theBalancerTellsServersTheClient() throws IOException, URISyntaxException {
        var result =
                new NginxConfigurationReader().read(source("0-realip-balancer").inside("http"));
        assertThat(root(result).routes().getFirst().content())
                .isInstanceOfSatisfying(
                        HttpProxy.class,
                        proxy -> assertThat(proxy.requestFields())
                                .containsExactly(FieldChange.set("X-Real-IP", "$remote_addr")));
    }

    @Test
    void theServerTrustsTheBalancer() throws IOException, URISyntaxException {
        var result = new NginxConfigurationReader()
                .read(source("0-realip-real-server").inside("http"));
        assertThat(root(result).clientAddress())
                .contains(new ClientAddressRule(List.of(Network.parse("192.168.0.160")), "x-real-ip", false));
    }

    @Test
    void aLogFormatMayNameAHeaderInCapitals() throws IOException, URISyntaxException {
        var text = source("0-realip-log-format").text();
        var cut = new NginxConfigurationReader().read(ConfigurationSource.of("f", text));
        assertThat(cut.problems().stream().filter(Problem::isError))
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("is not closed"));
        var whole = text + "access_log logs/access.log main; server { location / { return 200; } } }";
        var result = new NginxConfigurationReader().read(ConfigurationSource.of("f", whole));
        assertThat(root(result).accessLogs().getFirst().format().variables()).contains("http_x_real_ip");
    }

    @Test
    void theFirstMissingSemicolonAndTheOpenBraceAreToldWithHints() throws IOException, URISyntaxException {
        var result = new NginxConfigurationReader().read(source("4-vhosts-with-typos"));
        var errors = result.problems().stream().filter(Problem::isError).toList();
        assertThat(errors.getFirst().position().orElseThrow().line()).isEqualTo(14);
        assertThat(errors.getFirst().position().orElseThrow().column()).isEqualTo(30);
        assertThat(errors.getFirst().text())
                .contains("missing ';' after '192.168.1.102:80'")
                .contains("before 'server' on the next line");
        assertThat(errors)
                .filteredOn(error -> error.text().contains("missing ';'"))
                .hasSize(3);
        assertThat(errors.getLast().text())
                .contains("the block of 'http'")
                .contains(":1:6 is not closed")
                .contains("look for a '}' missing above");
    }

    private static List<Integer> numbers(String text) {
        return List.of(text.split(" ")).stream().map(Integer::valueOf).toList();
    }

    private static HttpRoute root(ReadResult result) {
        var server = result.configuration().orElseThrow().virtualServers().getFirst();
        return ((Target.Http) server.target()).service().hosts().getFirst().root();
    }

    private static ConfigurationSource source(String name) throws IOException, URISyntaxException {
        return ConfigurationSource.read(Path.of(SeedFragmentsTest.class
                .getResource("/seeds/" + name + ".nginx-fragment.conf")
                .toURI()));
    }
}

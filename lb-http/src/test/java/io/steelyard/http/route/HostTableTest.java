package io.steelyard.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.pool.variable.VariableTable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nginx's order of server names: exact, longest suffix, longest prefix, first expression, default. */
class HostTableTest {
    private final VariableTable variables = VariableTable.of(List.of());
    private final CompiledService service = new CompiledService(
            new HttpService(List.of(
                    host("expression", "~^(?<who>[a-z]+)\\.example\\.com$"),
                    host("suffix", "*.example.com"),
                    host("longer suffix", "*.b.example.com"),
                    host("prefix", "www.*"),
                    host("exact", "a.example.com", "example.com"),
                    host("same again", "a.example.com"),
                    host("second expression", "~^\\d+$"),
                    VirtualHost.builder("default").isDefault(true).build())),
            variables);

    @ParameterizedTest
    @CsvSource({
        "a.example.com, exact",
        "example.com, exact",
        "z.example.com, suffix",
        "z.b.example.com, longer suffix",
        "b.example.com, suffix",
        "www.other.org, prefix",
        "www, default",
        "123, second expression",
        "nobody.org, default",
        "'', default"
    })
    void hostIsServedBy(String name, String site) {
        assertThat(service.find(name, variables.open(variable -> null)).host().name())
                .isEqualTo(site);
    }

    @Test
    void firstSiteIsTheDefaultWhereNoneIsMarked() {
        var unmarked = new CompiledService(new HttpService(List.of(host("one", "a"), host("two", "b"))), variables);

        assertThat(unmarked.fallback().host().name()).isEqualTo("one");
    }

    private static VirtualHost host(String name, String... hostNames) {
        var host = VirtualHost.builder(name);
        Arrays.stream(hostNames).forEach(host::hostName);
        return host.build();
    }
}

package io.steelyard.vrrp.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvidersTest {
    private static WitnessProvider provider(String name) {
        return ServiceLoader.load(WitnessProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void classPathListNamesEveryProvider() throws Exception {
        try (var list = WitnessProvider.class
                .getModule()
                .getClassLoader()
                .getResourceAsStream("META-INF/services/" + WitnessProvider.class.getName())) {
            assertThat(list).isNotNull();
            assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .containsExactlyInAnyOrder(
                            EtcdWitnessProvider.class.getName(), SteelyardWitnessProvider.class.getName());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "steelyard, key=0123456789abcdef, needs the option 'address'",
        "steelyard, address=192.0.2.1:7, needs the option 'key'",
        "steelyard, address=192.0.2.1:7|key=short, expected at least 16",
        "steelyard, address=192.0.2.1|key=0123456789abcdef, expected host:port",
        "steelyard, address=192.0.2.1:70000|key=0123456789abcdef, expected host:port",
        "steelyard, address=192.0.2.1:7|key=0123456789abcdef|colour=red, has no option [colour]",
        "etcd, prefix=x, needs the option 'url'",
        "etcd, url=ftp://192.0.2.1, 'expected such as http://192.0.2.200:2379'",
        "etcd, url=http://192.0.2.1:2379|timeoutMs=0, expected 1 to 999999",
    })
    void whatIsWrongWithOptionsIsSaid(String provider, String options, String message) {
        var map = new java.util.HashMap<String, String>();
        for (var option : options.split("\\|")) {
            map.put(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> provider(provider).open(new WitnessProvider.Settings("a", map)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void addressesOfBothFamiliesAreRead() throws Exception {
        var options = Map.of("address", "[::1]:7946", "key", "0123456789abcdef");
        try (var witness = provider("steelyard").open(new WitnessProvider.Settings("a", options))) {
            assertThat(witness.description()).isEqualTo("steelyard witness 0:0:0:0:0:0:0:1 port 7946");
        }
    }
}

package io.steelyard.config.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.vrrp.VirtualRouter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What the reader makes of texts. */
final class Read {
    private Read() {}

    /** Every finding of a text, a line each. */
    static List<String> findings(String text) {
        return new KeepalivedConfigurationReader()
                .read(ConfigurationSource.of("k", text)).problems().stream()
                        .map(Object::toString)
                        .toList();
    }

    static Configuration configuration(String text) {
        var result = new KeepalivedConfigurationReader().read(ConfigurationSource.of("k", text));
        assertThat(result.configuration()).as("%s", result.problems()).isPresent();
        return result.configuration().orElseThrow();
    }

    /** A router with these lines beside the least there must be. */
    static VirtualRouter router(String... lines) {
        return configuration(instance(lines)).virtualRouters().getFirst();
    }

    static String instance(String... lines) {
        return "vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\n192.0.2.1\n}\n"
                + String.join("\n", lines) + "\n}\n";
    }

    static ConfigurationSource seed(String name) throws IOException {
        try (var stream = Objects.requireNonNull(Read.class.getResourceAsStream("/seeds/" + name), name)) {
            return ConfigurationSource.of(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}

package io.steelyard.schedulers.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KetamaPickerTest {
    private static RealServer server(String name, String address) {
        return RealServer.builder(name, ServerAddress.parse(address))
                .id(address)
                .build();
    }

    /** What {@code server app.example:80;} makes where the name has two addresses. */
    @Test
    void serversWrittenTheSameTakeTurnsForTheirKeys() {
        var candidates = Candidates.builder()
                .add(server("app.example:80", "10.0.0.1:80"))
                .add(server("app.example:80", "10.0.0.2:80"))
                .add(server("other.example:80", "10.0.0.3:80"))
                .build();
        var provider = new HashProvider();
        var picker = provider.create(Options.of(provider.options(), Map.of("consistent", "true")))
                .build(candidates, null);
        var flow = new Flow(1);
        int pairs = 0;
        for (int key = 0; key < 100; key++) {
            int first = picker.pick(flow.clear().key("k" + key));
            int second = picker.pick(flow.clear().key("k" + key));
            if (first == 2) {
                assertThat(second).isEqualTo(2);
            } else {
                assertThat(first + second).as("both of the pair").isEqualTo(1);
                pairs++;
            }
        }
        assertThat(pairs).isBetween(20, 80);
    }
}

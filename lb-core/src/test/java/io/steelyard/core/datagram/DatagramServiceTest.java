package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatagramServiceTest {
    @Test
    void aSessionMayTryAsManyServersAsTheOptionsSay() {
        assertThat(service(ProxyOptions.builder()).tries()).isEqualTo(Integer.MAX_VALUE);
        assertThat(service(ProxyOptions.builder().nextServerTries(3)).tries()).isEqualTo(3);
        assertThat(service(ProxyOptions.builder().nextServer(false).nextServerTries(3))
                        .tries())
                .isOne();
    }

    @Test
    void takesOverWhatTheOptionsSayOfDatagrams() {
        var service = service(ProxyOptions.builder()
                .requests(2)
                .responses(5)
                .idleTimeout(Duration.ofSeconds(3))
                .uploadRate(7)
                .downloadRate(8)
                .sourceAddress("127.0.0.9"));
        assertThat(service.exchange()).isEqualTo(new ExchangeRules(2, 5));
        assertThat(service.idleTimeoutNs()).isEqualTo(3_000_000_000L);
        assertThat(service.uploadRate()).isEqualTo(7);
        assertThat(service.downloadRate()).isEqualTo(8);
        assertThat(service.source()).hasToString("/127.0.0.9");
        assertThat(service.balancer()).as("a text is no pool").isNull();
    }

    private static DatagramService service(ProxyOptions.Builder options) {
        var server = VirtualServer.udp("front")
                .listen("127.0.0.1:53")
                .target(new Target.Reply(Template.parse("no")))
                .options(options.build())
                .build();
        return DatagramService.of(server, new NoPools(), Optional.empty());
    }

    private record NoPools() implements ForwarderContext {
        @Override
        public Balancer balancer(String pool) {
            throw new AssertionError("no pool is asked for");
        }

        @Override
        public Configuration configuration() {
            return Configuration.builder().build();
        }

        @Override
        public void publish(Event event) {}
    }
}

package io.steelyard.api.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerPoolTest {
    @Test
    void aServerListedAgainGetsAnIdOfItsOwn() {
        var pool = ServerPool.builder("web")
                .server(RealServer.of("10.0.0.1:80"))
                .server(RealServer.builder("10.0.0.1:80").id("10.0.0.1:80#2").build())
                .server(RealServer.of("10.0.0.1:80"))
                .server(RealServer.of("10.0.0.1:80"))
                .build();
        assertThat(pool.servers())
                .extracting(RealServer::id)
                .containsExactly("10.0.0.1:80", "10.0.0.1:80#2", "10.0.0.1:80#3", "10.0.0.1:80#4");
    }

    @Test
    void listingOneServerManyThousandTimesTakesNoTime() {
        var builder = ServerPool.builder("web");
        for (int i = 0; i < 100_000; i++) {
            builder.server(RealServer.of("10.0.0.1:80"));
        }
        assertThat(builder.build().servers().getLast().id()).isEqualTo("10.0.0.1:80#100000");
    }
}

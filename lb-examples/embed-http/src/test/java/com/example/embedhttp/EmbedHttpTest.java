package com.example.embedhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.core.Steelyard;
import java.net.CookieManager;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class EmbedHttpTest {
    @Test
    void eachClientStaysWithTheWorkerThatCountsForIt() throws Exception {
        var first = EmbedHttp.worker("first");
        var second = EmbedHttp.worker("second");
        int port = freePort();
        var configuration = EmbedHttp.configuration("127.0.0.1:" + port, "only for this test", first, second);
        try (var balancer = Steelyard.start(configuration);
                var client = HttpClient.newBuilder()
                        .cookieHandler(new CookieManager())
                        .build()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/count"))
                    .build();
            var worker = client.send(request, BodyHandlers.ofString()).body().split(" ")[0];
            for (int i = 2; i < 10; i++) {
                assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo(worker + " " + i);
            }
            assertThat(balancer.status().pools().getFirst().servers()).hasSize(2);
        } finally {
            first.stop(0);
            second.stop(0);
        }
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

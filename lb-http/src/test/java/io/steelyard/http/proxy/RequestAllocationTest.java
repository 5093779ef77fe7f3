package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.tck.Allocation;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** What the loops allocate for one request on kept connections, whose answer is a kilobyte. */
@Timeout(240)
@Isolated
class RequestAllocationTest {
    private static final String LOOPS = "lb-loop";
    private static final int WARM_UP = 3_000;
    private static final int REQUESTS = 3_000;

    /** Three times what was measured: a short run is compiled in part only. */
    private static final long MOST_BYTES = 6_600;

    @Test
    void keptRequestOfAKilobyteAllocatesLittle() throws IOException {
        var before = Allocation.byThread(LOOPS);
        var body = "x".repeat(1024);
        try (var server = new ScriptedServer((request, connection) -> connection.reply(200, body));
                var proxy = Fixture.start(
                        configuration ->
                                configuration.pool(Fixture.pool("web", server).reuse(ConnectionReuse.DEFAULT)),
                        root -> root.content(HttpProxy.toPool("web").build()),
                        HttpClientOptions.builder()
                                .mostRequests(WARM_UP + REQUESTS + 1)
                                .build());
                var client = proxy.client()) {
            send(client, WARM_UP);
            var start = Allocation.byThread(LOOPS);
            start.keySet().removeAll(before.keySet());
            assertThat(start).isNotEmpty();
            send(client, REQUESTS);
            var end = Allocation.byThread(LOOPS);
            long each = start.entrySet().stream()
                            .mapToLong(loop -> end.getOrDefault(loop.getKey(), loop.getValue()) - loop.getValue())
                            .sum()
                    / REQUESTS;
            System.getLogger("allocation").log(System.Logger.Level.INFO, "{0} bytes a request", each);
            assertThat(server.connections()).as("connections to the server").isLessThan(10);
            assertThat(each).isBetween(1L, MOST_BYTES);
        }
    }

    private static void send(RawClient client, int requests) throws IOException {
        for (int i = 0; i < requests; i++) {
            assertThat(client.get("/some/path").body()).hasSize(1024);
        }
    }
}

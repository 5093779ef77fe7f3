package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.ConnectionReuse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** What the loops allocate for one request on kept connections, whose answer is a kilobyte. */
@Timeout(240)
@Isolated
class RequestAllocationTest {
    private static final int WARM_UP = 3_000;
    private static final int REQUESTS = 3_000;

    /** As measured, and as much again for what the compiler has not got to in a short run. */
    private static final long MOST_BYTES = 6_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static Set<Long> loops() {
        var found = new HashSet<Long>();
        for (var thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("lb-loop")) {
                found.add(thread.getThreadId());
            }
        }
        return found;
    }

    private static long allocated(Set<Long> threads) {
        var ids = threads.stream().mapToLong(Long::longValue).toArray();
        return Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).sum();
    }

    @Test
    void keptRequestOfAKilobyteAllocatesLittle() throws IOException {
        var before = loops();
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
            var own = loops();
            own.removeAll(before);
            assertThat(own).isNotEmpty();
            long start = allocated(own);
            send(client, REQUESTS);
            long each = (allocated(own) - start) / REQUESTS;
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

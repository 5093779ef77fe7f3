package com.example.client;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.pool.ClientBalancer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Sends each GET to a server the balancer picks, and to another where that one cannot be reached. Safe for all threads. */
public final class BalancedClient implements AutoCloseable {
    private final ClientBalancer balancer;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    /** @param pool the servers, by numeric address or name */
    public BalancedClient(ServerPool pool) {
        balancer = ClientBalancer.start(pool);
    }

    /**
     * Gets {@code path}.
     *
     * @throws IOException where no server could answer
     */
    public String get(String path) throws IOException, InterruptedException {
        var lease = balancer.newLease();
        var flow = new Flow();
        var reason = "no server is available";
        while (balancer.pick(flow, lease) == Outcome.PICKED) {
            var uri = URI.create("http://" + lease.server().address().text() + path);
            try {
                var response = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
                lease.connected();
                lease.firstByte();
                lease.completed();
                return response.body();
            } catch (ConnectException unreachable) {
                lease.failed(Lease.Failure.CONNECT_ERROR);
                reason = "the last one tried was " + lease.server().id();
            } catch (IOException | InterruptedException broken) {
                lease.failed(Lease.Failure.BROKEN);
                throw broken;
            }
        }
        throw new IOException("cannot get " + path + ": " + reason);
    }

    @Override
    public void close() {
        balancer.close();
        http.close();
    }
}

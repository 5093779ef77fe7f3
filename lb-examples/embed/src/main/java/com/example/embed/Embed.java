package com.example.embed;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import java.time.Duration;

/** Balances TCP to three servers by weight, and leaves out those that do not answer. */
public final class Embed {
    private Embed() {}

    /** The configuration: everything has a name, nothing is read from anywhere. */
    static Configuration configuration(String listen, String first, String second, String third) {
        return Configuration.builder()
                .pool(ServerPool.builder("web")
                        .scheduler("nginx.round_robin")
                        .server(RealServer.builder(first).weight(3).build())
                        .server(RealServer.builder(second).weight(2).build())
                        .server(RealServer.of(third))
                        .healthCheck(HealthCheckSpec.builder("tcp")
                                .interval(Duration.ofSeconds(1))
                                .build()))
                .virtualServer(VirtualServer.tcp("front").listen(listen).pool("web"))
                .build();
    }

    /** Balances 127.0.0.1:8080 to three servers until Enter is pressed. */
    public static void main(String[] arguments) throws Exception {
        var configuration = configuration("127.0.0.1:8080", "127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003");
        try (LoadBalancer balancer = Steelyard.builder().onEvent(System.out::println).start(configuration)) {
            System.out.println("Press Enter to end.");
            System.in.read();
            balancer.drain(Duration.ofSeconds(10));
        }
    }
}

package com.example.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.pool.ClientBalancer;
import org.junit.jupiter.api.Test;

class LeastBusyTest {
    @Test
    void isFoundByItsName() {
        assertThat(Plugins.installed().scheduler("least-busy")).containsInstanceOf(LeastBusyProvider.class);
    }

    @Test
    void picksTheServerWithTheFewestOpenFlows() {
        var pool = ServerPool.builder("web")
                .scheduler("least-busy")
                .server(RealServer.of("10.0.0.1:80"))
                .server(RealServer.of("10.0.0.2:80"))
                .build();
        try (var balancer = ClientBalancer.start(pool)) {
            var first = balancer.newLease();
            var second = balancer.newLease();
            var third = balancer.newLease();
            assertThat(balancer.pick(new Flow(), first)).isEqualTo(Balancer.Outcome.PICKED);
            assertThat(balancer.pick(new Flow(), second)).isEqualTo(Balancer.Outcome.PICKED);
            first.completed();
            assertThat(balancer.pick(new Flow(), third)).isEqualTo(Balancer.Outcome.PICKED);
            assertThat(first.server().id()).isEqualTo("10.0.0.1:80");
            assertThat(second.server().id()).isEqualTo("10.0.0.2:80");
            assertThat(third.server().id()).isEqualTo("10.0.0.1:80");
        }
    }
}

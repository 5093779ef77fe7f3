package io.steelyard.config.yaml;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.RetryBudget;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.text.Template;
import java.util.List;

/** {@link ServerPool}. */
final class PoolSection extends Section<ServerPool> {
    private final Key<ServerPool, Personality> personality = optional(
            "personality",
            Forms.word(Personality.class),
            ServerPool::personality,
            Personality.NATIVE,
            "Whose habits the pool has where programs differ: passive failures, backups, retries, default scheduler.");
    private final Key<ServerPool, SchedulerSpec> scheduler = derived(
            "scheduler",
            Forms.shortened(new SchedulerSection(), "name"),
            ServerPool::scheduler,
            pool -> SchedulerSpec.of(pool.personality().defaultScheduler()),
            "the personality's: `p2c`, `nginx.round_robin`, `haproxy.random` or `lvs.wlc`",
            "The algorithm within a tier.");
    private final Key<ServerPool, Template> hashKey = absent(
            "hashKey",
            TemplateForm.template(),
            ServerPool::hashKey,
            "what the scheduler's program hashes then",
            "What schedulers that hash a key hash, such as `$remote_addr`.");
    private final Key<ServerPool, List<RealServer>> servers = required(
            "servers",
            Forms.list(Forms.shortened(new ServerSection(), "address"), ServerSection::idOf),
            ServerPool::servers,
            "The real servers, in the order schedulers see them. An address alone is a server with defaults.");
    private final Key<ServerPool, Boolean> allBackups = optional(
            "allBackups",
            Forms.flag(),
            ServerPool::allBackups,
            false,
            "With the personality `haproxy`: every backup serves while no primary can, and not only the first.");
    private final Key<ServerPool, Affinity> affinity = absent(
            "affinity",
            Forms.shortened(new AffinitySection(), "timeout"),
            ServerPool::affinity,
            "none",
            "Brings a client's later flows back to the server of its earlier ones. A time alone is its timeout.");
    private final Key<ServerPool, RequestAffinity> requestAffinity = absent(
            "requestAffinity",
            new RequestAffinitySection(),
            ServerPool::requestAffinity,
            "none",
            "Brings the clients of an HTTP pool back, by what their requests say; asked before `affinity`.");
    private final Key<ServerPool, List<HealthCheckSpec>> healthChecks = optional(
            "healthChecks",
            Forms.list(Forms.shortened(new HealthCheckSection(), "type")),
            ServerPool::healthChecks,
            List.of(),
            "Active checks of every server that has none of its own; it is down while any of them says so. A name alone is a check with defaults.");
    private final Key<ServerPool, PassiveHealth> passiveHealth = derived(
            "passiveHealth",
            new PassiveHealthForm(),
            ServerPool::passiveHealth,
            pool -> defaultPassiveHealth(pool.personality()),
            "the personality's: `slidingWindow` for `native`, `maxFails` for `nginx`, `off` for the others",
            "What failures of real traffic do: nothing; nginx's rule with each server's `maxFails` and `failTimeout`; or a true sliding "
                    + "window.");
    private final Key<ServerPool, ConnectionQueue> queue = derived(
            "queue",
            new QueueSection(),
            ServerPool::queue,
            pool -> ConnectionQueue.NONE,
            "none",
            "Where flows wait while every server that could serve them is at its limit.");

    private final Key<ServerPool, RetryBudget> retryBudget = absent(
            "retryBudget",
            new RetryBudgetSection(),
            ServerPool::retryBudget,
            "no limit but the route's",
            "How many HTTP requests may be tried again: a share of all, and some in any case.");
    private final Key<ServerPool, ConnectionReuse> reuse = optional(
            "reuse",
            new ReuseSection(),
            ServerPool::reuse,
            ConnectionReuse.DEFAULT,
            "How connections to servers are kept for later HTTP requests.");

    private final Key<ServerPool, Integer> fullConnections = optional(
            "fullConnections",
            Forms.whole(0, Integer.MAX_VALUE),
            ServerPool::fullConnections,
            0,
            "With the personality `haproxy`: with how many flows, served and waiting, servers that have `minConnections` are given as many as "
                    + "`maxConnections`; 0 for at once.");

    PoolSection() {
        super("pool");
    }

    private static PassiveHealth defaultPassiveHealth(Personality personality) {
        return ServerPool.builder("").personality(personality).build().passiveHealth();
    }

    @Override
    ServerPool make(Values values) {
        var builder = ServerPool.builder(values.name())
                .personality(values.or(personality, Personality.NATIVE))
                .servers(values.get(servers))
                .allBackups(values.or(allBackups, false))
                .queue(values.or(queue, ConnectionQueue.NONE))
                .reuse(values.or(reuse, ConnectionReuse.DEFAULT))
                .fullConnections(values.or(fullConnections, 0));
        values.find(scheduler).ifPresent(builder::scheduler);
        values.find(hashKey).ifPresent(builder::hashKey);
        values.find(affinity).ifPresent(builder::affinity);
        values.find(requestAffinity).ifPresent(builder::requestAffinity);
        values.find(retryBudget).ifPresent(builder::retryBudget);
        values.or(healthChecks, List.of()).forEach(builder::healthCheck);
        values.find(passiveHealth).ifPresent(builder::passiveHealth);
        return builder.build();
    }
}

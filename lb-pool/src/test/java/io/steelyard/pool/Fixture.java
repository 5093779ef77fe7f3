package io.steelyard.pool;

import io.steelyard.api.Event;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A clock moved by hand, the events, and small schedulers. */
final class Fixture {
    final AtomicLong nowNs = new AtomicLong(Duration.ofSeconds(1_000).toNanos());
    final List<Event> events = new CopyOnWriteArrayList<>();
    final Flow flow = new Flow(7);

    PoolRuntime start(ServerPool pool) {
        return PoolRuntime.create(pool, plugins(), nowNs::get, 42, events::add);
    }

    PoolRuntime start(ServerPool.Builder pool) {
        return start(pool.build());
    }

    void pass(Duration time) {
        nowNs.addAndGet(time.toNanos());
    }

    /** The id of the server a fresh flow gets, which then ends well; or the outcome. */
    String serve(PoolRuntime runtime) {
        var lease = runtime.newLease();
        var outcome = runtime.pick(flow, lease);
        if (outcome != Outcome.PICKED) {
            return outcome.name();
        }
        lease.connected();
        lease.completed();
        return lease.server().id();
    }

    /** The lease of a fresh flow, holding a server. */
    Lease open(PoolRuntime runtime) {
        var lease = runtime.newLease();
        var outcome = runtime.pick(flow, lease);
        if (outcome != Outcome.PICKED) {
            throw new AssertionError("pick gave " + outcome);
        }
        return lease;
    }

    void fail(PoolRuntime runtime, String serverId) {
        var lease = open(runtime);
        if (!lease.server().id().equals(serverId)) {
            throw new AssertionError("picked " + lease.server().id() + ", expected " + serverId);
        }
        lease.failed(Lease.Failure.CONNECT_ERROR);
    }

    List<String> ejections() {
        return events.stream()
                .filter(Event.ServerEjected.class::isInstance)
                .map(event -> (Event.ServerEjected) event)
                .map(event -> (event.isEjected() ? "-" : "+") + event.server())
                .toList();
    }

    /** Servers named a, b, c…; first-listed scheduler, no passive health. */
    static ServerPool.Builder pool(String... ids) {
        var builder = ServerPool.builder("web").scheduler("first").passiveHealth(new PassiveHealth.Off());
        for (var id : ids) {
            builder.server(server(id).build());
        }
        return builder;
    }

    static RealServer.Builder server(String id) {
        return RealServer.builder(id, ServerAddress.parse("10.0.0." + (id.charAt(0) - 'a' + 1) + ":80"));
    }

    static Plugins plugins() {
        return Plugins.builder()
                .register(new FirstProvider())
                .register(new RotatingProvider())
                .register(new LeastActiveProvider())
                .register(new WeightsProvider())
                .register(new BrokenProvider())
                .register(new HashProvider())
                .build();
    }

    /** The first eligible server. */
    static final class FirstProvider implements SchedulerProvider {
        @Override
        public String name() {
            return "first";
        }

        @Override
        public String description() {
            return "the first eligible server";
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) -> flow -> {
                for (int i = 0; i < servers.size(); i++) {
                    if (servers.isEligible(i, flow)) {
                        return i;
                    }
                }
                return Picker.NONE;
            };
        }
    }

    /** One eligible server after the other; the place is kept over rebuilds. */
    static final class RotatingProvider implements SchedulerProvider {
        private record Rotation(io.steelyard.api.schedule.Candidates servers, AtomicInteger next) implements Picker {
            @Override
            public int pick(Flow flow) {
                int size = servers.size();
                for (int i = 0; i < size; i++) {
                    int index = Integer.remainderUnsigned(next.getAndIncrement(), size);
                    if (servers.isEligible(index, flow)) {
                        return index;
                    }
                }
                return NONE;
            }
        }

        @Override
        public String name() {
            return "rotating";
        }

        @Override
        public String description() {
            return "one after the other";
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) ->
                    new Rotation(servers, previous instanceof Rotation before ? before.next() : new AtomicInteger());
        }
    }

    /** Fewest open flows. */
    static final class LeastActiveProvider implements SchedulerProvider {
        @Override
        public String name() {
            return "least";
        }

        @Override
        public String description() {
            return "fewest open flows";
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) -> flow -> {
                int best = Picker.NONE;
                for (int i = 0; i < servers.size(); i++) {
                    if (servers.isEligible(i, flow)
                            && (best == Picker.NONE
                                    || servers.load(i).active()
                                            < servers.load(best).active())) {
                        best = i;
                    }
                }
                return best;
            };
        }
    }

    /** Random by weight. */
    static final class WeightsProvider implements SchedulerProvider {
        @Override
        public String name() {
            return "weights";
        }

        @Override
        public String description() {
            return "random by weight";
        }

        @Override
        public List<OptionSpec> options() {
            return List.of(OptionSpec.flag("two", "nothing"), OptionSpec.integer("tries", 1, "1 and up"));
        }

        @Override
        public Scheduler create(Options options) {
            if (options.integer("tries") < 1) {
                throw new IllegalArgumentException("tries is " + options.integer("tries") + ", expected at least 1");
            }
            return (servers, previous) -> flow -> {
                int sum = 0;
                for (int i = 0; i < servers.size(); i++) {
                    sum += servers.isEligible(i, flow) ? servers.weight(i) : 0;
                }
                int rest = sum == 0 ? -1 : flow.nextInt(sum);
                for (int i = 0; rest >= 0 && i < servers.size(); i++) {
                    rest -= servers.isEligible(i, flow) ? servers.weight(i) : 0;
                    if (rest < 0) {
                        return i;
                    }
                }
                return Picker.NONE;
            };
        }
    }

    /** Its picker throws. */
    static final class BrokenProvider implements SchedulerProvider {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public String description() {
            return "throws";
        }

        @Override
        public List<OptionSpec> options() {
            return List.of(OptionSpec.choice("how", List.of("pick", "build", "wild"), "how it breaks"));
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) -> {
                if (options.text("how").equals("build")) {
                    throw new IllegalStateException("no");
                }
                return options.text("how").equals("wild")
                        ? flow -> 99
                        : flow -> {
                            throw new IllegalStateException("no");
                        };
            };
        }
    }

    /** Sums the bytes of the key. */
    static final class HashProvider implements SchedulerProvider {
        @Override
        public String name() {
            return "sum.hash";
        }

        @Override
        public String description() {
            return "sum of the key";
        }

        @Override
        public boolean usesHashKey() {
            return true;
        }

        @Override
        public boolean followsWeightChanges() {
            return false;
        }

        @Override
        public Scheduler create(Options options) {
            return (servers, previous) -> flow -> {
                int sum = 0;
                for (int i = 0; i < flow.keyLength(); i++) {
                    sum += flow.key()[i] & 0xFF;
                }
                for (int i = 0; i < servers.size(); i++) {
                    int index = (sum + i) % servers.size();
                    if (servers.isEligible(index, flow)) {
                        return index;
                    }
                }
                return Picker.NONE;
            };
        }
    }
}

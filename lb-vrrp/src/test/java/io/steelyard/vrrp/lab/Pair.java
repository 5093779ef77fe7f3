package io.steelyard.vrrp.lab;

import static org.awaitility.Awaitility.await;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Our routers on the hosts of a laboratory, and what they told. */
final class Pair implements AutoCloseable {
    static final String ADDRESS = "10.9.0.100";
    static final String SECOND = "10.9.0.101";

    final Lab lab;
    private final List<VirtualRouters> running = new ArrayList<>();
    private final ConcurrentHashMap<VirtualRouters, ConcurrentLinkedQueue<RouterEvent>> events =
            new ConcurrentHashMap<>();

    private Pair(Lab lab) {
        this.lab = lab;
    }

    static Pair create(Path folder) throws Exception {
        return new Pair(Lab.create(folder));
    }

    /** Patient with a machine that is busy with other tests: pauses are not looked at, and the kernel waits for 4 s. */
    static SplitBrainDefence.Builder defence() {
        return SplitBrainDefence.builder().pauseAware(false).lifetimeAdverts(10);
    }

    /** An advert every 400 ms. */
    static VirtualRouter.Builder router(int priority) {
        return router("a", 51, priority, ADDRESS);
    }

    static VirtualRouter.Builder router(String name, int id, int priority, String address) {
        return VirtualRouter.builder(name, "eth0", id)
                .priority(priority)
                .advertInterval(Duration.ofMillis(400))
                .defence(defence().build())
                .address(address + "/24");
    }

    VirtualRouters start(PrivateNetwork host, VirtualRouter.Builder router) throws Exception {
        return start(host, VirtualRouters.builder().router(router.build()));
    }

    VirtualRouters start(PrivateNetwork host, VirtualRouters.Builder builder) throws Exception {
        var heard = new ConcurrentLinkedQueue<RouterEvent>();
        var started = host.call(() -> builder.onEvent(heard::add).start());
        events.put(started, heard);
        running.add(started);
        return started;
    }

    /** What those routers told, from the first on. */
    List<RouterEvent> events(VirtualRouters routers) {
        return List.copyOf(events.get(routers));
    }

    boolean warned(VirtualRouters routers, RouterEvent.Kind kind) {
        return events(routers).stream()
                .anyMatch(event -> event instanceof RouterEvent.Warning warning && warning.kind() == kind);
    }

    /** Whether a router there was active since it began, be it for a moment. */
    boolean wasActive(VirtualRouters routers) {
        return events(routers).stream()
                .anyMatch(event -> event instanceof RouterEvent.Changed changed && changed.to() == Phase.ACTIVE);
    }

    static RouterStatus status(VirtualRouters routers) {
        return routers.status().getFirst();
    }

    static Phase phase(VirtualRouters routers) {
        return status(routers).phase();
    }

    static void until(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    @Override
    public void close() throws Exception {
        running.forEach(VirtualRouters::close);
        lab.close();
    }
}

package io.steelyard.vrrp.lab;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Our routers on the hosts of a laboratory, and what they told. A test has one of its own, made before it and closed after it, where the class has it in
 * a field with {@code @RegisterExtension}; it is left out where no laboratory can be.
 */
final class Pair implements BeforeEachCallback, AfterEachCallback {
    static final String ADDRESS = "10.9.0.100";
    static final String SECOND = "10.9.0.101";

    /** There is one while a test runs. */
    Lab lab;

    private Path folder;
    private final List<VirtualRouters> running = new ArrayList<>();
    private final ConcurrentHashMap<VirtualRouters, ConcurrentLinkedQueue<RouterEvent>> events =
            new ConcurrentHashMap<>();

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        assumeTrue(Lab.missing().isEmpty(), Lab::missing);
        folder = Files.createTempDirectory("lab");
        lab = Lab.create(folder);
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
    public void afterEach(ExtensionContext context) throws Exception {
        running.forEach(VirtualRouters::close);
        if (lab != null) {
            lab.close();
        }
        if (folder != null) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (var all = Files.walk(folder)) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException stillUsed) {
            // A program that ends may write or remove its last file just now.
            folder.toFile().deleteOnExit();
        }
    }
}

package io.steelyard.pool;

import io.steelyard.api.Durations;
import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.health.ServerAdvice;
import io.steelyard.api.health.ServerSituation;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Probes the servers of one pool when they are due, each probe on a virtual thread of its own, and reports what their trackers conclude.
 *
 * <p>Lives on a {@link ControlLoop}: every method and {@link Listener#onHealth} runs there. A probe that is not over at its timeout is
 * interrupted and has failed. One that does not heed the interrupt goes on failing at every interval, and no second probe of the same server
 * and check is begun before it ends.
 */
public final class HealthMonitor implements AutoCloseable {
    /** How long an interrupted probe may take to say what it was waiting for. */
    private static final Duration LAST_WORD = Duration.ofMillis(100);

    /** Where conclusions go. */
    @FunctionalInterface
    public interface Listener {
        /** A server's state, or the reason for it, is now this. */
        void onHealth(String serverId, HealthState state, String reason);

        /**
         * A probe found something else than before; {@link #onHealth} follows where that changes the server's state.
         *
         * @param check the index of the check
         * @param found what all its probes have found, this one among them
         */
        default void onProbed(
                String serverId, int check, ProbeResult result, Duration duration, HealthTracker.Check found) {}

        /** A server that is up wants no new clients, or wants them again; what follows of its state is told after this. */
        default void onStopping(String serverId, boolean isStopping, String reason) {}

        /** What the first check of a server found last is another thing than before; nothing where it does not tell. */
        default void onFinding(String serverId, Optional<CheckFinding> finding) {}

        /** How a server stands, as far as the pool knows; the monitor knows the rest. */
        default ServerSituation situation(String serverId) {
            return ServerSituation.UNKNOWN;
        }

        /** A probe of a server passed. */
        default void onPassed(String serverId) {}

        /** A server asked for this. */
        default void onAdvice(String serverId, ServerAdvice advice) {}
    }

    private final ControlLoop loop;
    private final Plugins plugins;
    private final RandomGenerator random;
    private final Listener listener;
    private final Map<String, Watch> watches = new HashMap<>();
    private String poolName = "";

    /**
     * A monitor of nothing yet.
     *
     * @param random decides on first probes and jitter
     */
    public HealthMonitor(ControlLoop loop, Plugins plugins, RandomGenerator random, Listener listener) {
        this.loop = loop;
        this.plugins = plugins;
        this.random = random;
        this.listener = listener;
    }

    /**
     * Watches the servers of this pool, which {@link PoolValidation} found right. Servers and checks that stay keep their history and their
     * times.
     */
    public void apply(ServerPool pool) {
        poolName = pool.name();
        var before = new HashMap<>(watches);
        watches.clear();
        for (var server : pool.servers()) {
            if (server.lacksAddress()) {
                // It is watched again, as a new one, when it has an address.
                continue;
            }
            var specs = pool.healthChecksOf(server);
            var known = before.remove(server.id());
            if (known != null && known.server.address().equals(server.address())) {
                known.server = server;
                if (!known.tracker.specs().equals(specs)) {
                    known = replaced(known, specs);
                }
                watches.put(server.id(), known);
            } else {
                var fresh = new Watch(server, HealthTracker.of(specs));
                if (known != null) {
                    known.end();
                    fresh.after(known);
                }
                watches.put(server.id(), fresh.begin());
            }
        }
        before.values().forEach(Watch::end);
    }

    /**
     * Real traffic failed on a server as often as its observation allows. An unknown server, and one without a check, are ignored.
     *
     * @param reason one phrase for people
     */
    public void onErrors(String serverId, Observation.Reaction reaction, String reason) {
        var watch = watches.get(serverId);
        if (watch != null && !watch.probings.isEmpty()) {
            watch.onErrors(reaction, reason);
        }
    }

    /** Whether the server has checks. */
    boolean watches(String serverId) {
        var watch = watches.get(serverId);
        return watch != null && !watch.probings.isEmpty();
    }

    /**
     * As if a check had found that; it goes on.
     *
     * @throws IllegalArgumentException where the server has no such check
     */
    void settle(String serverId, int check, ProbeResult.Verdict found, String reason) {
        var watch = watch(serverId, check);
        watch.take(watch.tracker.settled(check, found, reason));
    }

    /**
     * Lets a check of a server probe, or not.
     *
     * @throws IllegalArgumentException where the server has no such check
     */
    void probing(String serverId, int check, boolean isOn) {
        watch(serverId, check).probings.get(check).pause(!isOn);
    }

    private Watch watch(String serverId, int check) {
        var watch = watches.get(serverId);
        if (watch == null || check < 0 || check >= watch.probings.size()) {
            throw new IllegalArgumentException("server '" + serverId + "' has no check " + check);
        }
        return watch;
    }

    /** Ends all probes. */
    @Override
    public void close() {
        watches.values().forEach(Watch::end);
        watches.clear();
    }

    private Watch replaced(Watch known, List<HealthCheckSpec> specs) {
        known.end();
        var next = new Watch(known.server, known.tracker.withSpecs(specs))
                .after(known)
                .begin();
        if (!specs.isEmpty() && next.tracker.state() != known.tracker.state()) {
            listener.onHealth(known.server.id(), next.tracker.state(), next.tracker.reason());
        }
        return next;
    }

    private HealthCheck create(HealthCheckSpec spec) {
        var provider = plugins.healthCheck(spec.type())
                .orElseThrow(() -> new IllegalStateException("health check '" + spec.type() + "' was not validated"));
        return provider.create(Options.of(provider.options(), spec.options()), spec.steps());
    }

    /** One server under watch. */
    private final class Watch {
        RealServer server;
        HealthTracker tracker;
        private final List<Probing> probings = new ArrayList<>();
        /** Interrupted probes of the server's watch before this one; none of ours begins while one of them goes on. */
        private List<Thread> leftOver = List.of();

        Watch(RealServer server, HealthTracker tracker) {
            this.server = server;
            this.tracker = tracker;
            var specs = tracker.specs();
            for (int i = 0; i < specs.size(); i++) {
                probings.add(new Probing(this, i, specs.get(i), create(specs.get(i))));
            }
        }

        Watch begin() {
            probings.forEach(Probing::first);
            return this;
        }

        /** Takes the server over from a watch that was ended. */
        Watch after(Watch before) {
            for (int i = 0; i < Math.min(probings.size(), before.probings.size()); i++) {
                probings.get(i).isPaused = before.probings.get(i).isPaused;
            }
            leftOver = Stream.concat(
                            before.leftOver.stream(),
                            before.probings.stream()
                                    .map(probing -> probing.running)
                                    .filter(Objects::nonNull)
                                    .map(Objects::requireNonNull))
                    .toList();
            return this;
        }

        boolean isBlocked() {
            leftOver = leftOver.stream().filter(Thread::isAlive).toList();
            return !leftOver.isEmpty();
        }

        void end() {
            probings.forEach(Probing::end);
        }

        void onResult(Probing probing, ProbeResult result, long startNs) {
            var step = tracker.onResult(probing.index, result, startNs, random.nextDouble());
            probing.next(step.nextProbeNs());
            var found = step.tracker().checks().get(probing.index);
            if (!found.equals(tracker.checks().get(probing.index))) {
                var duration = Duration.ofNanos(loop.nowNs() - startNs);
                listener.onProbed(server.id(), probing.index, result, duration, found);
            }
            take(step.tracker());
            if (result.isPassed()) {
                listener.onPassed(server.id());
            }
            if (!result.advice().equals(ServerAdvice.NONE)) {
                listener.onAdvice(server.id(), result.advice());
            }
        }

        void onErrors(Observation.Reaction reaction, String reason) {
            var first = probings.getFirst();
            first.hurry();
            take(tracker.onErrors(first.index, reaction, reason));
        }

        private void take(HealthTracker next) {
            boolean isNews = next.state() != tracker.state() || !next.reason().equals(tracker.reason());
            boolean isOtherwise = next.isStopping() != tracker.isStopping();
            var finding = next.checks().getFirst().finding();
            if (!finding.equals(tracker.checks().getFirst().finding())) {
                listener.onFinding(server.id(), finding);
            }
            tracker = next;
            // A server that goes down says so first: it does not want clients again before.
            boolean isLast = tracker.state() == HealthState.DOWN;
            if (isOtherwise && !isLast) {
                listener.onStopping(server.id(), tracker.isStopping(), tracker.reason());
            }
            if (isNews) {
                listener.onHealth(server.id(), tracker.state(), tracker.reason());
            }
            if (isOtherwise && isLast) {
                listener.onStopping(server.id(), false, tracker.reason());
            }
        }
    }

    /** One check of one server: its timer, and the thread of the probe under way. */
    private final class Probing {
        private final Watch watch;
        final int index;
        final HealthCheckSpec spec;
        private final HealthCheck check;
        private boolean isEnded;
        private boolean isPaused;
        private ControlLoop.@Nullable Timer timer;
        /** The thread of the last probe, until it has ended. */
        private @Nullable Thread running;

        /** Whether the result of {@link #running} is still awaited. */
        private boolean isAwaited;

        private boolean isOverdue;
        private long startNs;
        /** When the next probe begins, where none is under way. */
        private long dueNs;

        Probing(Watch watch, int index, HealthCheckSpec spec, HealthCheck check) {
            this.watch = watch;
            this.index = index;
            this.spec = spec;
            this.check = check;
        }

        void first() {
            next(loop.nowNs() + HealthTracker.firstDelayNs(spec, random.nextDouble()));
        }

        /** Probes no more, whatever is found by a probe under way; or again, as at the start. */
        void pause(boolean isWanted) {
            if (isWanted == isPaused) {
                return;
            }
            isPaused = isWanted;
            if (isWanted) {
                isAwaited = false;
                stop();
            } else {
                first();
            }
        }

        void next(long atNs) {
            if (!isEnded && !isPaused) {
                dueNs = atNs;
                timer = loop.schedule(atNs, this::begin);
            }
        }

        /** The next probe begins no later than the transition interval says. One that is under way is not waited for: it will tell. */
        void hurry() {
            long soonNs = loop.nowNs() + spec.transitionInterval().toNanos();
            if (running == null && !spec.transitionInterval().isZero() && soonNs - dueNs < 0) {
                cancelTimer();
                next(soonNs);
            }
        }

        private void begin() {
            startNs = loop.nowNs();
            if (watch.isBlocked()) {
                next(startNs + LAST_WORD.toNanos());
                return;
            }
            if (running != null) {
                watch.onResult(this, check.late("probe still hangs, deaf to its timeout"), startNs);
                return;
            }
            isAwaited = true;
            isOverdue = false;
            var server = watch.server;
            var situation = situation();
            var thread = Thread.ofVirtual()
                    .name("probe " + spec.type() + " " + server.id() + " of " + poolName)
                    .unstarted(() -> {
                        var result = probe(server, situation);
                        deliver(() -> onEnd(result));
                    });
            running = thread;
            timer = loop.schedule(startNs + spec.timeout().toNanos(), this::onTimeout);
            thread.start();
        }

        private ServerSituation situation() {
            var told = listener.situation(watch.server.id());
            var found = watch.tracker.checks().get(index);
            return new ServerSituation(
                    poolName,
                    told.place(),
                    found.state(),
                    found.streak(),
                    spec.rise(),
                    spec.fall(),
                    watch.tracker.isStopping(),
                    told.weight(),
                    told.poolWeight(),
                    told.active(),
                    told.poolActive(),
                    told.queued());
        }

        private void deliver(Runnable result) {
            try {
                loop.execute(result);
            } catch (RejectedExecutionException closed) {
                // Nobody is left to tell.
            }
        }

        /** On the probe's thread: every outcome becomes a result. */
        private ProbeResult probe(RealServer server, ServerSituation situation) {
            try {
                var result = check.probe(new ProbeTarget(server, address(server.address()), spec.timeout(), situation));
                return result == null ? ProbeResult.failed("the check gave no result") : result;
            } catch (InterruptedException timeout) {
                return check.late(timedOut());
            } catch (IOException broken) {
                var message = broken.getMessage();
                return ProbeResult.failed(message == null ? broken.getClass().getSimpleName() : message);
            } catch (Throwable thrown) {
                return ProbeResult.failed("the check threw " + thrown);
            }
        }

        private SocketAddress address(ServerAddress address) {
            return switch (address) {
                case ServerAddress.Ip ip ->
                    new InetSocketAddress(spec.address().orElse(ip.address()), portOr(ip.port()));
                case ServerAddress.Name name -> new InetSocketAddress(name.host(), portOr(name.port()));
                case ServerAddress.Unix unix ->
                    spec.address().isPresent() && spec.port() != 0
                            ? new InetSocketAddress(spec.address().get(), spec.port())
                            : UnixDomainSocketAddress.of(unix.path());
            };
        }

        private int portOr(int port) {
            return spec.port() == 0 ? port : spec.port();
        }

        private void onTimeout() {
            isOverdue = true;
            var thread = running;
            if (thread != null) {
                thread.interrupt();
            }
            timer = loop.schedule(LAST_WORD, this::onDeaf);
        }

        private void onDeaf() {
            isAwaited = false;
            watch.onResult(this, check.late(timedOut()), startNs);
        }

        private void onEnd(ProbeResult result) {
            running = null;
            if (isEnded || !isAwaited) {
                return;
            }
            isAwaited = false;
            cancelTimer();
            boolean isLate = isOverdue && result.isPassed();
            watch.onResult(this, isLate ? check.late(timedOut()) : result, startNs);
        }

        private String timedOut() {
            return "timed out after " + Durations.format(spec.timeout());
        }

        void end() {
            isEnded = true;
            stop();
        }

        private void stop() {
            cancelTimer();
            var thread = running;
            if (thread != null) {
                thread.interrupt();
            }
        }

        private void cancelTimer() {
            var set = timer;
            if (set != null) {
                set.cancel();
            }
        }
    }
}

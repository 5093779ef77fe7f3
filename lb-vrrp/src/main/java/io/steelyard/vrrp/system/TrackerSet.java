package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Tracker;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.bfd.SessionEffect;
import io.steelyard.vrrp.bfd.SessionPhase;
import io.steelyard.vrrp.election.RiseFall;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all that priorities follow: scripts, interfaces, processes, files, pages, BFD sessions, and what the application tells of its own pools and
 * listeners. Says so when something turns. Used by the control thread; what waits for other programs does so elsewhere.
 *
 * <p>Processes and files are looked at every {@value #LOOK_MS} ms.
 */
final class TrackerSet implements AutoCloseable {
    static final int LOOK_MS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(TrackerSet.class);
    private static final long LOOK_NS = LOOK_MS * 1_000_000L;
    private static final int MOST_FILE_BYTES = 64;

    private final ControlThread control;
    private final Listener listener;
    private final Map<String, Watched> watched = new HashMap<>();
    private final Map<String, List<Debounce>> byInterface = new HashMap<>();
    private final BfdSessions sessions;
    private @Nullable HttpClient client;

    /** Told on the control thread. */
    interface Listener {
        /**
         * A tracker turned, or is known for the first time.
         *
         * @param value a file's number; 0 for the others
         */
        void turned(Tracker tracker, boolean isUp, int value);

        /** A BFD session changed its state; {@link #turned} is called as well where that matters. */
        default void changed(Tracker.Bfd tracker, SessionEffect.Changed change) {}
    }

    private static final class Watched {
        private final Tracker tracker;

        /** What ends with it. */
        private final List<AutoCloseable> open = new ArrayList<>();

        private @Nullable ScriptTracker script;

        private Watched(Tracker tracker) {
            this.tracker = tracker;
        }
    }

    TrackerSet(ControlThread control, Listener listener) {
        this.control = control;
        this.listener = listener;
        sessions = new BfdSessions(control, this::sessionChanged);
    }

    /**
     * Begins to watch. Pools and listeners are the application's to tell of, by {@link #tell}.
     *
     * @return false where it cannot be watched and is to be left out: a script that is not there, may not be run or is not safe, which keepalived
     *     leaves out in the same way
     */
    boolean add(Tracker tracker, String scriptUser, boolean isSecure, InterfaceState interfaces) {
        var added = new Watched(tracker);
        if (tracker instanceof Tracker.Script script && !isRunnable(script, scriptUser, isSecure)) {
            return false;
        }
        watched.put(tracker.name(), added);
        switch (tracker) {
            case Tracker.Script script -> addScript(added, script, scriptUser);
            case Tracker.Interface link -> addInterface(added, link, interfaces);
            case Tracker.Process process -> addProcess(added, process);
            case Tracker.File file -> addFile(added, file);
            case Tracker.Urls urls -> addUrls(added, urls);
            case Tracker.Bfd bfd -> addSession(added, bfd);
            case Tracker.Pool pool -> LOG.debug("pool '{}' is told of by the balancer", pool.pool());
            case Tracker.Listener server -> LOG.debug("'{}' is told of by the balancer", server.virtualServer());
        }
        return true;
    }

    /** What the application knows of one of its own. */
    void tell(String name, boolean isUp) {
        var known = watched.get(name);
        if (known != null) {
            listener.turned(known.tracker, isUp, 0);
        }
    }

    /** How many runs of a script were ended because they lasted too long. */
    long hungRuns(String name) {
        var known = watched.get(name);
        return known == null || known.script == null ? 0 : known.script.hungRuns();
    }

    private static boolean isRunnable(Tracker.Script script, String scriptUser, boolean isSecure) {
        var refusal = new Command(script.command(), script.user().orElse(scriptUser)).refusal(isSecure);
        refusal.ifPresent(
                reason -> LOG.error("tracker '{}' is left out, and no priority follows it: {}", script.name(), reason));
        return refusal.isEmpty();
    }

    private void addScript(Watched added, Tracker.Script script, String scriptUser) {
        var holder = new ScriptTracker[1];
        var runner = new ScriptTracker(control, script, scriptUser, () -> listener.turned(script, holder[0].isUp(), 0));
        holder[0] = runner;
        added.script = runner;
        added.open.add(runner);
        runner.start();
    }

    // ---- BFD

    private void addSession(Watched added, Tracker.Bfd tracker) {
        added.open.add(() -> sessions.remove(tracker));
        listener.turned(tracker, false, 0);
        sessions.add(tracker);
    }

    private void sessionChanged(Tracker.Bfd tracker, SessionEffect.Changed change) {
        listener.changed(tracker, change);
        // A neighbour that is switched off says nothing of the path (RFC 5882 section 3.2), and keepalived leaves the
        // tracker
        // as it was.
        boolean isFault = change.from() == SessionPhase.UP
                && sessions.session(tracker.name())
                        .filter(RunningSession::isSwitchedOffThere)
                        .isEmpty();
        if (change.to() == SessionPhase.UP || isFault) {
            listener.turned(tracker, change.to() == SessionPhase.UP, 0);
        }
    }

    /** What is known of the session of a tracker; empty where it has none. */
    Optional<RouterStatus.TrackedSession> session(String name) {
        return sessions.session(name).map(session -> session.status(control.nowNs()));
    }

    // ---- interfaces

    private void addInterface(Watched added, Tracker.Interface tracker, InterfaceState interfaces) {
        var holder = new Debounce[1];
        var debounce = new Debounce(
                control, tracker.upDelay(), tracker.downDelay(), () -> listener.turned(tracker, holder[0].isUp(), 0));
        holder[0] = debounce;
        byInterface
                .computeIfAbsent(tracker.interfaceName(), name -> new ArrayList<>())
                .add(debounce);
        added.open.add(() -> byInterface
                .getOrDefault(tracker.interfaceName(), new ArrayList<>())
                .remove(debounce));
        added.open.add(debounce::close);
        debounce.see(isUsable(interfaces, tracker.interfaceName()));
    }

    /** After something about interfaces has changed. */
    void interfacesChanged(InterfaceState interfaces) {
        byInterface.forEach((name, debounces) -> {
            boolean isUsable = isUsable(interfaces, name);
            debounces.forEach(debounce -> debounce.see(isUsable));
        });
    }

    private static boolean isUsable(InterfaceState interfaces, String name) {
        return interfaces.link(name).filter(link -> link.isUsable()).isPresent();
    }

    // ---- processes and files

    private void addProcess(Watched added, Tracker.Process tracker) {
        var holder = new Debounce[1];
        var debounce = new Debounce(
                control,
                tracker.forkDelay(),
                tracker.terminateDelay(),
                () -> listener.turned(tracker, holder[0].isUp(), 0));
        holder[0] = debounce;
        added.open.add(debounce::close);
        repeat(
                added,
                LOOK_NS,
                () -> ProcessMatch.count(tracker),
                count -> debounce.see(count >= tracker.quorum()
                        && count <= tracker.mostQuorum().orElse(Integer.MAX_VALUE)));
    }

    private void addFile(Watched added, Tracker.File tracker) {
        if (tracker.initial().isPresent() && (tracker.overwritesAtStart() || !Files.exists(tracker.path()))) {
            try {
                Files.writeString(
                        tracker.path(), Integer.toString(tracker.initial().getAsInt()));
            } catch (IOException failed) {
                LOG.warn("tracker '{}': cannot write {}: {}", tracker.name(), tracker.path(), failed.getMessage());
            }
        }
        var last = new int[1];
        var isKnown = new boolean[1];
        repeat(added, LOOK_NS, () -> number(tracker), value -> {
            if (!isKnown[0] || last[0] != value) {
                isKnown[0] = true;
                last[0] = value;
                listener.turned(tracker, true, value);
            }
        });
    }

    /** The number a file holds; 0 for an absent or an empty one, and one that holds none. */
    static int number(Tracker.File tracker) throws IOException {
        if (!Files.isRegularFile(tracker.path())) {
            return 0;
        }
        try (var in = Files.newInputStream(tracker.path())) {
            var text = new String(in.readNBytes(MOST_FILE_BYTES), java.nio.charset.StandardCharsets.US_ASCII).strip();
            if (text.isEmpty()) {
                return 0;
            }
            return Integer.parseInt(text.split("\\s+")[0]);
        } catch (NumberFormatException noNumber) {
            LOG.warn("tracker '{}': {} does not begin with a number and counts as 0", tracker.name(), tracker.path());
            return 0;
        }
    }

    private interface Look {
        int look() throws IOException;
    }

    private interface Seen {
        void seen(int value);
    }

    /** Looks again and again on a thread where looking may wait, and says on the control thread what was seen. */
    private void repeat(Watched added, long intervalNs, Look look, Seen seen) {
        var thread = Thread.ofVirtual().name("vrrp-tracker").unstarted(() -> {
            try {
                while (true) {
                    lookOnce(added, look, seen);
                    Thread.sleep(Duration.ofNanos(intervalNs));
                }
            } catch (InterruptedException | RejectedExecutionException closed) {
                LOG.debug("a tracker has ended");
            }
        });
        added.open.add(thread::interrupt);
        thread.start();
    }

    private void lookOnce(Watched added, Look look, Seen seen) {
        try {
            int value = look.look();
            control.execute(() -> {
                // It may have been removed meanwhile.
                if (watched.get(added.tracker.name()) == added) {
                    seen.seen(value);
                }
            });
        } catch (IOException failed) {
            LOG.warn("a tracker cannot look: {}", failed.getMessage());
        }
    }

    // ---- pages

    private void addUrls(Watched added, Tracker.Urls tracker) {
        var http = client;
        if (http == null) {
            http = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
            client = http;
        }
        var user = http;
        var counter = new RiseFall[] {RiseFall.initial(tracker.rise(), tracker.fall(), false)};
        var isKnown = new boolean[1];
        var limit = tracker.timeout().isZero() ? tracker.interval() : tracker.timeout();
        repeat(added, tracker.interval().toNanos(), () -> allAnswer(user, tracker, limit) ? 1 : 0, passed -> {
            boolean wasUp = counter[0].isUp();
            counter[0] = passed == 1 ? counter[0].passed() : counter[0].failed();
            if (!isKnown[0] || wasUp != counter[0].isUp()) {
                isKnown[0] = true;
                listener.turned(tracker, counter[0].isUp(), 0);
            }
        });
    }

    private static boolean allAnswer(HttpClient client, Tracker.Urls tracker, Duration limit) {
        var answers = tracker.urls().stream()
                .map(url -> client.sendAsync(
                                HttpRequest.newBuilder(url).timeout(limit).GET().build(),
                                HttpResponse.BodyHandlers.discarding())
                        .handle((answer, failed) -> failed == null && answer.statusCode() < 400))
                .toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        return answers.stream().allMatch(CompletableFuture::join);
    }

    /** Watches it no more; nothing is said of it again. */
    void remove(String name) {
        var gone = watched.remove(name);
        if (gone != null) {
            close(gone);
        }
    }

    private static void close(Watched gone) {
        for (var each : gone.open) {
            try {
                each.close();
            } catch (Exception failed) {
                LOG.warn("tracker '{}' did not close", gone.tracker.name(), failed);
            }
        }
    }

    @Override
    public void close() {
        watched.values().forEach(TrackerSet::close);
        watched.clear();
        var http = client;
        if (http != null) {
            http.shutdownNow();
        }
    }
}

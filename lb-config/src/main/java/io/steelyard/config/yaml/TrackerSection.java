package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Tracker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link Tracker}: the key of one kind says which it is. */
final class TrackerSection extends Section<Tracker> {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Stands in until the section's name is known. */
    static final String UNNAMED = "unnamed";

    private final Key<Tracker, Integer> weight = absent(
            "weight",
            Forms.whole(-254, 254),
            tracker -> Optional.of(tracker.weight()).filter(it -> it != usualWeight(tracker instanceof Tracker.File)),
            "`0`, of a file `1`",
            "What it does to priorities: see a router's `tracks`. Of a file: times its number.");
    private final Key<Tracker, Tracker.Script> script =
            kind("script", new ScriptSection(), Tracker.Script.class, "A command that is run again and again.");
    private final Key<Tracker, Tracker.Interface> link = kind(
            "interface",
            Forms.shortened(new InterfaceSection(), "name"),
            Tracker.Interface.class,
            "A network interface.");
    private final Key<Tracker, Tracker.Process> process = kind(
            "process", Forms.shortened(new ProcessSection(), "process"), Tracker.Process.class, "Processes of a name.");
    private final Key<Tracker, Tracker.File> file =
            kind("file", Forms.shortened(new FileSection(), "path"), Tracker.File.class, "A file with a number.");
    private final Key<Tracker, Tracker.Pool> pool = kind(
            "pool", Forms.shortened(new PoolTrackerSection(), "pool"), Tracker.Pool.class, "A pool of this balancer.");
    private final Key<Tracker, String> virtualServer = absent(
            "virtualServer",
            Forms.text(),
            tracker -> as(tracker, Tracker.Listener.class).map(Tracker.Listener::virtualServer),
            "",
            "A virtual server of this balancer: up while it listens.");
    private final Key<Tracker, Tracker.Urls> urls =
            kind("urls", new UrlsSection(), Tracker.Urls.class, "Pages that must answer.");

    private final Key<Tracker, Tracker.Bfd> bfd = kind(
            "bfd", Forms.shortened(new BfdSection(), "neighbour"), Tracker.Bfd.class, "A neighbour watched by BFD.");

    TrackerSection() {
        super("tracker");
    }

    private <K extends Tracker> Key<Tracker, K> kind(String name, Form<K> form, Class<K> type, String description) {
        return absent(name, form, tracker -> as(tracker, type), "", description);
    }

    private static <K extends Tracker> Optional<K> as(Tracker tracker, Class<K> type) {
        return Optional.of(tracker).filter(type::isInstance).map(type::cast);
    }

    private static int usualWeight(boolean isFile) {
        return isFile ? 1 : 0;
    }

    @Override
    Tracker make(Values values) {
        var name = values.name();
        int own = values.find(weight)
                .orElseGet(() -> usualWeight(values.find(file).isPresent()));
        var given = Stream.<Optional<? extends Tracker>>of(
                        values.find(script)
                                .map(it -> new Tracker.Script(
                                        name,
                                        own,
                                        it.command(),
                                        it.interval(),
                                        it.timeout(),
                                        it.rise(),
                                        it.fall(),
                                        it.startsDown(),
                                        it.user())),
                        values.find(link)
                                .map(it -> new Tracker.Interface(
                                        name, own, it.interfaceName(), it.upDelay(), it.downDelay())),
                        values.find(process)
                                .map(it -> new Tracker.Process(
                                        name,
                                        own,
                                        it.process(),
                                        it.matching(),
                                        it.quorum(),
                                        it.mostQuorum(),
                                        it.forkDelay(),
                                        it.terminateDelay())),
                        values.find(file)
                                .map(it ->
                                        new Tracker.File(name, own, it.path(), it.initial(), it.overwritesAtStart())),
                        values.find(pool).map(it -> new Tracker.Pool(name, own, it.pool(), it.leastServers())),
                        values.find(virtualServer).map(it -> new Tracker.Listener(name, own, it)),
                        values.find(urls)
                                .map(it -> new Tracker.Urls(
                                        name, own, it.urls(), it.interval(), it.timeout(), it.rise(), it.fall())),
                        values.find(bfd).map(it -> new Tracker.Bfd(name, own, it.session())))
                .<Tracker>flatMap(Optional::stream)
                .toList();
        if (given.size() != 1) {
            throw new IllegalArgumentException(
                    "a tracker has one of script, interface, process, file, pool, virtualServer, urls and bfd");
        }
        return given.getFirst();
    }

    /** {@link Tracker.Script}. */
    static final class ScriptSection extends Section<Tracker.Script> {
        private final Key<Tracker.Script, List<String>> command = required(
                "command",
                Forms.list(Forms.text()),
                Tracker.Script::command,
                "The program and its arguments; 0 is a pass.");
        private final Key<Tracker.Script, Duration> interval = optional(
                "interval", Forms.positiveTime(), Tracker.Script::interval, SECOND, "From one start to the next.");
        private final Key<Tracker.Script, Duration> timeout = optional(
                "timeout", Forms.time(), Tracker.Script::timeout, Duration.ZERO, "Of a run; `0s` for `interval`.");
        private final Key<Tracker.Script, Integer> rise = optional(
                "rise",
                Forms.whole(1, Integer.MAX_VALUE),
                Tracker.Script::rise,
                1,
                "Passes in a row that bring it up.");
        private final Key<Tracker.Script, Integer> fall = optional(
                "fall",
                Forms.whole(1, Integer.MAX_VALUE),
                Tracker.Script::fall,
                1,
                "Failures in a row that bring it down.");
        private final Key<Tracker.Script, Boolean> startsDown = optional(
                "startsDown",
                Forms.flag(),
                Tracker.Script::startsDown,
                false,
                "Down until it rose; else the first pass brings it up.");
        private final Key<Tracker.Script, String> user = absent(
                "user",
                Forms.text(),
                Tracker.Script::user,
                "`scriptUser` of the settings",
                "Who runs it: a user, or `user:group`.");

        ScriptSection() {
            super("script tracker");
        }

        @Override
        Tracker.Script make(Values values) {
            return new Tracker.Script(
                    UNNAMED,
                    0,
                    values.get(command),
                    values.or(interval, SECOND),
                    values.or(timeout, Duration.ZERO),
                    values.or(rise, 1),
                    values.or(fall, 1),
                    values.or(startsDown, false),
                    values.find(user));
        }
    }

    /** {@link Tracker.Interface}. */
    static final class InterfaceSection extends Section<Tracker.Interface> {
        private final Key<Tracker.Interface, String> interfaceName =
                required("name", Forms.text(), Tracker.Interface::interfaceName, "Such as `eth0`.");
        private final Key<Tracker.Interface, Duration> upDelay = optional(
                "upDelay",
                Forms.time(),
                Tracker.Interface::upDelay,
                Duration.ZERO,
                "How long it must be up before it counts.");
        private final Key<Tracker.Interface, Duration> downDelay = optional(
                "downDelay",
                Forms.time(),
                Tracker.Interface::downDelay,
                Duration.ZERO,
                "How long it must be down before it counts.");

        InterfaceSection() {
            super("interface tracker");
        }

        @Override
        Tracker.Interface make(Values values) {
            return new Tracker.Interface(
                    UNNAMED,
                    0,
                    values.get(interfaceName),
                    values.or(upDelay, Duration.ZERO),
                    values.or(downDelay, Duration.ZERO));
        }
    }

    /** {@link Tracker.Process}. */
    static final class ProcessSection extends Section<Tracker.Process> {
        private final Key<Tracker.Process, String> process = required(
                "process",
                Forms.text(),
                Tracker.Process::process,
                "The program's name, or with arguments its command line.");
        private final Key<Tracker.Process, Tracker.Matching> matching = optional(
                "matching",
                Forms.word(Tracker.Matching.class),
                Tracker.Process::matching,
                Tracker.Matching.NAME,
                "How much of the command line counts.");
        private final Key<Tracker.Process, Integer> quorum = optional(
                "quorum", Forms.whole(1, 65_535), Tracker.Process::quorum, 1, "The least number that must run.");
        private final Key<Tracker.Process, Integer> mostQuorum = absent(
                "mostQuorum",
                Forms.whole(1, 65_535),
                tracker -> Endpoints.present(tracker.mostQuorum()),
                "any",
                "The greatest number that may run.");
        private final Key<Tracker.Process, Duration> forkDelay = optional(
                "forkDelay",
                Forms.time(),
                Tracker.Process::forkDelay,
                Duration.ZERO,
                "How long there must be enough before it is up.");
        private final Key<Tracker.Process, Duration> terminateDelay = optional(
                "terminateDelay",
                Forms.time(),
                Tracker.Process::terminateDelay,
                Duration.ZERO,
                "How long there must be too few before it is down.");

        ProcessSection() {
            super("process tracker");
        }

        @Override
        Tracker.Process make(Values values) {
            return new Tracker.Process(
                    UNNAMED,
                    0,
                    values.get(process),
                    values.or(matching, Tracker.Matching.NAME),
                    values.or(quorum, 1),
                    Endpoints.number(values.find(mostQuorum)),
                    values.or(forkDelay, Duration.ZERO),
                    values.or(terminateDelay, Duration.ZERO));
        }
    }

    /** {@link Tracker.File}. */
    static final class FileSection extends Section<Tracker.File> {
        private final Key<Tracker.File, Path> path = required(
                "path",
                Forms.parsed("path", Path::of, Path::toString),
                Tracker.File::path,
                "Its number times the weight is what it does to the priority.");
        private final Key<Tracker.File, Integer> initial = absent(
                "initial",
                Forms.whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
                tracker -> Endpoints.present(tracker.initial()),
                "nothing",
                "What is written at start where there is no file.");
        private final Key<Tracker.File, Boolean> overwrites = optional(
                "overwritesAtStart",
                Forms.flag(),
                Tracker.File::overwritesAtStart,
                false,
                "`initial` is written whatever there is.");

        FileSection() {
            super("file tracker");
        }

        @Override
        Tracker.File make(Values values) {
            return new Tracker.File(
                    UNNAMED, 0, values.get(path), Endpoints.number(values.find(initial)), values.or(overwrites, false));
        }
    }

    /** {@link Tracker.Pool}. */
    static final class PoolTrackerSection extends Section<Tracker.Pool> {
        private final Key<Tracker.Pool, String> pool = required("pool", Forms.text(), Tracker.Pool::pool, "Its name.");
        private final Key<Tracker.Pool, Integer> leastServers = optional(
                "leastServers",
                Forms.whole(1, Integer.MAX_VALUE),
                Tracker.Pool::leastServers,
                1,
                "How many of its servers must take flows.");

        PoolTrackerSection() {
            super("pool tracker");
        }

        @Override
        Tracker.Pool make(Values values) {
            return new Tracker.Pool(UNNAMED, 0, values.get(pool), values.or(leastServers, 1));
        }
    }

    /** {@link Tracker.Urls}. */
    static final class UrlsSection extends Section<Tracker.Urls> {
        private final Key<Tracker.Urls, List<URI>> urls = required(
                "urls",
                Forms.list(Forms.parsed("http or https URL", URI::create, URI::toString)),
                Tracker.Urls::urls,
                "All of them are asked, and each must answer with a status of 200 to 399.");
        private final Key<Tracker.Urls, Duration> interval = optional(
                "interval", Forms.positiveTime(), Tracker.Urls::interval, SECOND, "From one round to the next.");
        private final Key<Tracker.Urls, Duration> timeout = optional(
                "timeout", Forms.time(), Tracker.Urls::timeout, Duration.ZERO, "Of each request; `0s` for `interval`.");
        private final Key<Tracker.Urls, Integer> rise = optional(
                "rise", Forms.whole(1, Integer.MAX_VALUE), Tracker.Urls::rise, 1, "Passes in a row that bring it up.");
        private final Key<Tracker.Urls, Integer> fall = optional(
                "fall",
                Forms.whole(1, Integer.MAX_VALUE),
                Tracker.Urls::fall,
                1,
                "Failures in a row that bring it down.");

        UrlsSection() {
            super("URL tracker");
        }

        @Override
        Tracker.Urls make(Values values) {
            return new Tracker.Urls(
                    UNNAMED,
                    0,
                    values.get(urls),
                    values.or(interval, SECOND),
                    values.or(timeout, Duration.ZERO),
                    values.or(rise, 1),
                    values.or(fall, 1));
        }
    }
}

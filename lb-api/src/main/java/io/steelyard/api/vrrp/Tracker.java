package io.steelyard.api.vrrp;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** Something that goes up and down and that priorities follow. Names are unique within a configuration. */
public sealed interface Tracker {
    String name();

    /** What it does to a priority unless a {@link Track} says otherwise; see there. */
    int weight();

    /**
     * A command that is run again and again (keepalived {@code vrrp_script}): exit code 0 is a pass. A run that lasts beyond the timeout gets SIGTERM,
     * 2 s later SIGKILL, and counts as failed; while one lasts no other begins.
     *
     * @param command the program and its arguments; no shell reads them
     * @param interval from one start to the next
     * @param timeout zero for {@code interval}
     * @param rise passes in a row that bring it up
     * @param fall failures in a row that bring it down
     * @param startsDown down until it rose; else the first pass brings it up
     * @param user who runs it; absent for the settings' {@link VrrpSettings#scriptUser}
     */
    record Script(
            String name,
            int weight,
            List<String> command,
            Duration interval,
            Duration timeout,
            int rise,
            int fall,
            boolean startsDown,
            Optional<String> user)
            implements Tracker {
        public Script {
            checkNamed(name, weight);
            command = List.copyOf(command);
            if (command.isEmpty() || command.getFirst().isEmpty()) {
                throw new IllegalArgumentException("tracker '" + name + "' has no command");
            }
            checkPeriod(interval, timeout);
            checkCounts(rise, fall);
            Objects.requireNonNull(user, "user");
        }

        /** Each second, for a second at most, one pass or failure decides. */
        public static Script of(String name, String... command) {
            return new Script(
                    name, 0, List.of(command), Duration.ofSeconds(1), Duration.ZERO, 1, 1, false, Optional.empty());
        }

        /** With another weight. */
        public Script withWeight(int other) {
            return new Script(name, other, command, interval, timeout, rise, fall, startsDown, user);
        }
    }

    /**
     * A network interface: up while it is administratively up and has its carrier.
     *
     * @param upDelay how long it must be up before it counts
     * @param downDelay how long it must be down before it counts
     */
    record Interface(String name, int weight, String interfaceName, Duration upDelay, Duration downDelay)
            implements Tracker {
        public Interface {
            checkNamed(name, weight);
            InterfaceNames.check(interfaceName);
            checkDelays(upDelay, downDelay);
        }

        /** At once; the tracker is named after the interface. */
        public static Interface of(String interfaceName) {
            return new Interface(interfaceName, 0, interfaceName, Duration.ZERO, Duration.ZERO);
        }
    }

    /**
     * Processes of a name: up while there are enough and not too many (keepalived {@code vrrp_track_process}).
     *
     * @param process the program's name, or with arguments its command line
     * @param matching how much of the command line counts
     * @param quorum least number, at least 1
     * @param mostQuorum greatest number; absent for any
     * @param forkDelay how long there must be enough before it is up
     * @param terminateDelay how long there must be too few before it is down
     */
    record Process(
            String name,
            int weight,
            String process,
            Matching matching,
            int quorum,
            OptionalInt mostQuorum,
            Duration forkDelay,
            Duration terminateDelay)
            implements Tracker {
        public Process {
            checkNamed(name, weight);
            if (process.isEmpty()) {
                throw new IllegalArgumentException("tracker '" + name + "' has no process");
            }
            Objects.requireNonNull(matching, "matching");
            if (quorum < 1 || mostQuorum.orElse(quorum) < quorum) {
                throw new IllegalArgumentException(
                        "quorum is " + quorum + " to " + mostQuorum + ", expected at least 1");
            }
            checkDelays(forkDelay, terminateDelay);
        }

        /** One process or more of a program. */
        public static Process of(String name, String program) {
            return new Process(name, 0, program, Matching.NAME, 1, OptionalInt.empty(), Duration.ZERO, Duration.ZERO);
        }
    }

    /** How a process is compared. */
    enum Matching {
        /** The program's name alone. */
        NAME,
        /** The whole command line. */
        COMMAND,
        /** The first arguments, each whole (keepalived {@code param_match initial}). */
        INITIAL,
        /** The first arguments, the last of them in part (keepalived {@code param_match partial}). */
        PARTIAL
    }

    /**
     * A file with a whole number, which times the weight is what it does to the priority; -254 or less is FAULT (keepalived {@code track_file}).
     * Absent or empty counts as 0.
     *
     * @param weight times the number, not an effect by itself; 0: any number but 0 is FAULT
     * @param initial what is written at start; absent for leaving the file alone
     * @param overwritesAtStart {@code initial} replaces what is there
     */
    record File(String name, int weight, Path path, OptionalInt initial, boolean overwritesAtStart) implements Tracker {
        public File {
            checkNamed(name, weight);
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(initial, "initial");
        }
    }

    /**
     * A pool of this balancer: up while enough of its servers take flows.
     *
     * @param pool its name
     * @param leastServers at least 1
     */
    record Pool(String name, int weight, String pool, int leastServers) implements Tracker {
        public Pool {
            checkNamed(name, weight);
            Objects.requireNonNull(pool, "pool");
            if (leastServers < 1) {
                throw new IllegalArgumentException("leastServers is " + leastServers + ", expected at least 1");
            }
        }
    }

    /**
     * A virtual server of this balancer: up while it listens at all its addresses.
     *
     * @param virtualServer its name
     */
    record Listener(String name, int weight, String virtualServer) implements Tracker {
        public Listener {
            checkNamed(name, weight);
            Objects.requireNonNull(virtualServer, "virtualServer");
        }
    }

    /**
     * Pages that must answer: each round asks all of them with GET and passes where every answer has a status of 200 to 399.
     *
     * @param urls http or https; at least one
     * @param interval from one round to the next
     * @param timeout of each request; zero for {@code interval}
     * @param rise passes in a row that bring it up
     * @param fall failures in a row that bring it down
     */
    record Urls(String name, int weight, List<URI> urls, Duration interval, Duration timeout, int rise, int fall)
            implements Tracker {
        public Urls {
            checkNamed(name, weight);
            urls = List.copyOf(urls);
            if (urls.isEmpty()) {
                throw new IllegalArgumentException("tracker '" + name + "' has no URL");
            }
            urls.forEach(url -> {
                if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                    throw new IllegalArgumentException("'" + url + "' is no URL of http or https");
                }
            });
            checkPeriod(interval, timeout);
            checkCounts(rise, fall);
        }
    }

    /**
     * A neighbour watched by BFD: up while the session with it is up (keepalived {@code bfd_instance}). Down until it has come up for the first time; as
     * it was where the neighbour says that its end is switched off, which says nothing of the path (RFC 5882 section 3.2).
     */
    record Bfd(String name, int weight, BfdSession session) implements Tracker {
        public Bfd {
            checkNamed(name, weight);
            Objects.requireNonNull(session, "session");
        }
    }

    private static void checkNamed(String name, int weight) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a tracker's name is empty");
        }
        Track.checkWeight(weight);
    }

    private static void checkPeriod(Duration interval, Duration timeout) {
        if (interval.isNegative() || interval.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("interval must be greater than zero and timeout not less than zero");
        }
    }

    private static void checkCounts(int rise, int fall) {
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("rise " + rise + ", fall " + fall + ", expected at least 1");
        }
    }

    private static void checkDelays(Duration first, Duration second) {
        if (first.isNegative() || second.isNegative()) {
            throw new IllegalArgumentException("a delay is negative");
        }
    }
}

package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Problem;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.pool.HostNames;
import io.steelyard.pool.NameSlots;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts addresses in the place of the host names of pools, and says when to do so again. Safe for all threads. */
final class PoolNames {
    private final LastAnswers names;
    private final NameSlots slots = new NameSlots();
    private final Duration every;
    private final Consumer<String> trouble;

    /** What was told of names that have no address yet. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /**
     * @param every how often the system's resolver is asked again
     * @param trouble is told of names that vanish, return, or have no address yet
     */
    PoolNames(HostNames.Resolver resolver, Duration every, Consumer<String> trouble) {
        names = new LastAnswers(resolver, trouble);
        this.every = every;
        this.trouble = trouble;
    }

    /**
     * Pools by name, with addresses for names.
     *
     * @param again after which names are to be looked up again; absent where there are none
     */
    record Resolved(Map<String, ServerPool> pools, Optional<Duration> again) {}

    /**
     * Asks, which may take its time: never on the control thread or a loop. For servers that are places for one address nobody is asked but the
     * system's resolver; they have what is known, and are looked up again at once.
     *
     * @throws ConfigurationException where the system's resolver never knew a name
     */
    Resolved resolve(Configuration configuration) {
        names.keepOnly(lookups(configuration).collect(Collectors.toSet()));
        return resolve(configuration, new Known());
    }

    /** The same when time has come to look names up again: all name servers are asked. */
    Resolved lookAgain(Configuration configuration) {
        askAtOnce(configuration);
        return resolve(configuration, names);
    }

    /** Has the answers for servers that are places, so that no name waits for the name servers of another. */
    private void askAtOnce(Configuration configuration) {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            configuration.pools().stream()
                    .flatMap(pool -> pool.servers().stream())
                    .filter(RealServer::lacksAddress)
                    .map(server -> new Question((ServerAddress.Name) server.address(), server.nameLookup()))
                    .distinct()
                    .forEach(question -> tasks.execute(() -> ask(question)));
        }
    }

    private void ask(Question question) {
        try {
            names.find(
                    question.name().host(),
                    question.name().port(),
                    question.lookup().orElseThrow());
        } catch (UnknownHostException told) {
            // It is asked for once more, and told then.
        }
    }

    private static Stream<NameLookup> lookups(Configuration configuration) {
        return configuration.pools().stream()
                .flatMap(pool -> pool.servers().stream())
                .map(RealServer::nameLookup)
                .flatMap(Optional::stream);
    }

    private record Question(ServerAddress.Name name, Optional<NameLookup> lookup) {}

    /** Asks no name server for servers that are places for one address. */
    private final class Known implements HostNames.Resolver {
        @Override
        public List<InetAddress> resolve(String host) throws UnknownHostException {
            return names.resolve(host);
        }

        @Override
        public HostNames.Answer find(String host, int port, NameLookup lookup) throws UnknownHostException {
            return lookup.slot().isPresent() ? names.known(host, port, lookup) : names.find(host, port, lookup);
        }
    }

    private Resolved resolve(Configuration configuration, HostNames.Resolver resolver) {
        var resolved = new HashMap<String, ServerPool>();
        var problems = new ArrayList<Problem>();
        Optional<Duration> again = Optional.empty();
        for (var pool : configuration.pools()) {
            var resolution = HostNames.resolve(pool, resolver, slots);
            problems.addAll(resolution.problems());
            resolved.put(pool.name(), resolution.pool());
            again = Stream.of(again, resolution.validFor(), after(pool, resolution))
                    .flatMap(Optional::stream)
                    .min(Duration::compareTo);
        }
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems);
        }
        problems.stream()
                .map(problem -> problem.path() + ": " + problem.what())
                .filter(told::add)
                .forEach(trouble);
        return new Resolved(resolved, again);
    }

    /** When names that hold for no certain time are looked up again. */
    private Optional<Duration> after(ServerPool pool, HostNames.Resolution resolution) {
        var named = pool.servers().stream().filter(server -> server.address() instanceof ServerAddress.Name);
        if (named.map(RealServer::nameLookup).anyMatch(Optional::isEmpty)) {
            return Optional.of(every);
        }
        return resolution.problems().isEmpty() ? Optional.empty() : Optional.of(LastAnswers.AGAIN);
    }
}

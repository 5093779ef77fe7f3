package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Problem;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.pool.HostNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Puts addresses in the place of the host names of pools, and says when to do so again. Safe for all threads. */
final class PoolNames {
    private final HostNames.Resolver names;
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
     * Asks, which may take its time: never on the control thread or a loop.
     *
     * @throws ConfigurationException where the system's resolver never knew a name
     */
    Resolved resolve(Configuration configuration) {
        var resolved = new HashMap<String, ServerPool>();
        var problems = new ArrayList<Problem>();
        Optional<Duration> again = Optional.empty();
        for (var pool : configuration.pools()) {
            var resolution = HostNames.resolve(pool, names);
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

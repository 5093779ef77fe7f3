package io.steelyard.core;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.pool.HostNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The addresses of host names as they were found last: a name that has none any more keeps them, so that a name server that fails or forgets
 * takes no server away. What name servers of one's own choice said is asked for again when it holds no more, and no sooner; what they did not
 * say, five seconds later. Servers with one address each ({@link NameSlot}) lose theirs when the hold of a failure is over. Safe for all threads.
 */
final class LastAnswers implements HostNames.Resolver {
    /** After a question without an answer. */
    static final Duration AGAIN = Duration.ofSeconds(5);

    private final HostNames.Resolver resolver;
    private final Consumer<String> trouble;
    private final LongSupplier clock;
    private final Map<String, List<InetAddress>> answers = new ConcurrentHashMap<>();
    private final Map<Asked, Kept> found = new ConcurrentHashMap<>();
    private final Map<Asked, HeldAnswer> held = new ConcurrentHashMap<>();
    private final Set<String> vanished = ConcurrentHashMap.newKeySet();

    private record Asked(String host, int port, NameLookup lookup) {}

    /** An answer and when it holds no more, by the clock. */
    private record Kept(List<HostNames.Found> servers, long untilNs) {}

    /** @param trouble is told once of each name that vanishes, and of its return */
    LastAnswers(HostNames.Resolver resolver, Consumer<String> trouble) {
        this(resolver, trouble, System::nanoTime);
    }

    LastAnswers(HostNames.Resolver resolver, Consumer<String> trouble, LongSupplier clock) {
        this.resolver = resolver;
        this.trouble = trouble;
        this.clock = clock;
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        List<InetAddress> now;
        try {
            now = resolver.resolve(host);
        } catch (UnknownHostException unknown) {
            var before = answers.get(host);
            if (before == null) {
                throw unknown;
            }
            tellVanished(host);
            return before;
        }
        tellReturned(host);
        // Name servers turn their answers round; that is no change.
        return answers.merge(host, List.copyOf(now), LastAnswers::sameOrder);
    }

    @Override
    public HostNames.Answer find(String host, int port, NameLookup lookup) throws UnknownHostException {
        if (lookup.slot().isPresent()) {
            return held(host, port, lookup).ask(clock.getAsLong());
        }
        var asked = new Asked(host, port, lookup);
        long nowNs = clock.getAsLong();
        var before = found.get(asked);
        if (before != null && nowNs - before.untilNs() < 0) {
            return new HostNames.Answer(before.servers(), Duration.ofNanos(before.untilNs() - nowNs));
        }
        try {
            var answer = resolver.find(host, port, lookup);
            tellReturned(host);
            var servers = before == null ? answer.servers() : sameOrder(before.servers(), answer.servers());
            found.put(asked, new Kept(servers, nowNs + answer.validFor().toNanos()));
            return new HostNames.Answer(servers, answer.validFor());
        } catch (UnknownHostException unknown) {
            if (before == null) {
                throw unknown;
            }
            tellVanished(host);
            found.put(asked, new Kept(before.servers(), nowNs + AGAIN.toNanos()));
            return new HostNames.Answer(before.servers(), AGAIN);
        }
    }

    /**
     * What is known without a question to name servers, of servers with one address each: at first what {@link NameSlot.Start} says. It is over at
     * once where they have not been asked.
     *
     * @throws UnknownHostException where a first address is needed, and there is none
     */
    HostNames.Answer known(String host, int port, NameLookup lookup) throws UnknownHostException {
        return held(host, port, lookup).known(clock.getAsLong());
    }

    private HeldAnswer held(String host, int port, NameLookup lookup) {
        return held.computeIfAbsent(
                new Asked(host, port, lookup),
                asked -> new HeldAnswer(asked.host(), asked.port(), asked.lookup(), resolver, trouble));
    }

    /** Forgets what nobody asks for any more. */
    void keepOnly(Set<NameLookup> used) {
        held.keySet().removeIf(asked -> !used.contains(asked.lookup()));
    }

    static <T> List<T> sameOrder(List<T> before, List<T> now) {
        return new HashSet<>(before).equals(new HashSet<>(now)) ? before : now;
    }

    private void tellVanished(String host) {
        if (vanished.add(host)) {
            trouble.accept("host name '" + host + "' has no address any more; the servers found before are kept");
        }
    }

    private void tellReturned(String host) {
        if (vanished.remove(host)) {
            trouble.accept("host name '" + host + "' has addresses again");
        }
    }
}

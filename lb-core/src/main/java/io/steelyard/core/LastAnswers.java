package io.steelyard.core;

import io.steelyard.pool.HostNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The addresses of host names as they were found last: a name that has none any more keeps them, so that a name server that fails or forgets
 * takes no server away. Safe for all threads.
 */
final class LastAnswers implements HostNames.Resolver {
    private final HostNames.Resolver resolver;
    private final Consumer<String> trouble;
    private final Map<String, List<InetAddress>> answers = new ConcurrentHashMap<>();
    private final Set<String> vanished = ConcurrentHashMap.newKeySet();

    /** @param trouble is told once of each name that vanishes, and of its return */
    LastAnswers(HostNames.Resolver resolver, Consumer<String> trouble) {
        this.resolver = resolver;
        this.trouble = trouble;
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        List<InetAddress> found;
        try {
            found = resolver.resolve(host);
        } catch (UnknownHostException unknown) {
            var before = answers.get(host);
            if (before == null) {
                throw unknown;
            }
            if (vanished.add(host)) {
                trouble.accept("host name '" + host + "' has no address any more; the servers found before are kept");
            }
            return before;
        }
        if (vanished.remove(host)) {
            trouble.accept("host name '" + host + "' has addresses again");
        }
        // Name servers turn their answers round; that is no change.
        return answers.merge(
                host,
                List.copyOf(found),
                (before, now) -> new HashSet<>(before).equals(new HashSet<>(now)) ? before : now);
    }
}

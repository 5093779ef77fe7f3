package io.steelyard.core;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.pool.HostNames;
import io.steelyard.pool.HostNames.Found;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What name servers say of one name to servers with one address each ({@link NameSlot}): used for as long as it holds, asked for again then, and
 * after a failure used on until that failure's hold is over. Each method is told the time, in nanoseconds by one clock. Safe for all threads;
 * whoever comes while another asks waits for the same answer.
 */
final class HeldAnswer {
    private final String host;
    private final int port;
    private final NameLookup lookup;
    private final NameSlot slot;
    private final HostNames.Resolver resolver;
    private final Consumer<String> trouble;

    // Guarded by this.
    private boolean isStarted;
    private boolean isAsked;
    private boolean isLost;
    private List<Found> servers = List.of();

    /** When each was in a good answer last. */
    private final Map<Found, Long> seenNs = new LinkedHashMap<>();

    private long lastGoodNs;
    private long nextNs;

    /** @param trouble is told when the name has no address any more, and when it has one again */
    HeldAnswer(String host, int port, NameLookup lookup, HostNames.Resolver resolver, Consumer<String> trouble) {
        this.host = host;
        this.port = port;
        this.lookup = lookup;
        slot = lookup.slot().orElse(NameSlot.DEFAULT);
        this.resolver = resolver;
        this.trouble = trouble;
    }

    /**
     * What is known, without a question to name servers.
     *
     * @throws UnknownHostException where there is no first address, and one is needed
     */
    synchronized HostNames.Answer known(long nowNs) throws UnknownHostException {
        if (!isStarted) {
            servers = first();
            isStarted = true;
            lastGoodNs = nowNs;
            nextNs = nowNs;
        }
        return answer(nowNs);
    }

    private List<Found> first() throws UnknownHostException {
        var start = slot.start();
        if (start.asksSystem()) {
            try {
                return resolver.resolve(host).stream()
                        .map(address -> new Found(address, port, 0, 0))
                        .toList();
            } catch (UnknownHostException unknown) {
                if (start.address().isEmpty() && !start.mayLackAddress()) {
                    throw unknown;
                }
            }
        }
        if (start.address().isEmpty() && !start.mayLackAddress()) {
            throw new UnknownHostException(host);
        }
        return start.address()
                .map(address -> List.of(new Found(address, port, 0, 0)))
                .orElse(List.of());
    }

    /** What is known; asked for where it does not hold any more. */
    synchronized HostNames.Answer ask(long nowNs) throws UnknownHostException {
        known(nowNs);
        if (nowNs - nextNs >= 0) {
            try {
                good(resolver.find(host, port, lookup), nowNs);
            } catch (UnknownHostException failed) {
                bad(failed, nowNs);
            }
            isAsked = true;
        }
        return answer(nowNs);
    }

    private void good(HostNames.Answer answer, long nowNs) {
        answer.servers().forEach(server -> seenNs.put(server, nowNs));
        long obsoleteNs = slot.holds().obsolete().toNanos();
        seenNs.values().removeIf(lastNs -> nowNs - lastNs > 0 && nowNs - lastNs >= obsoleteNs);
        var now = new ArrayList<>(answer.servers());
        seenNs.keySet().stream().filter(server -> !now.contains(server)).forEach(now::add);
        servers = LastAnswers.sameOrder(servers, List.copyOf(now));
        lastGoodNs = nowNs;
        nextNs = nowNs + answer.validFor().toNanos();
        if (isLost || !isAsked && slot.start().mayLackAddress()) {
            trouble.accept("host name '" + host + "' has addresses" + (isLost ? " again" : ""));
        }
        isLost = false;
    }

    private void bad(UnknownHostException failed, long nowNs) {
        var failure = failed instanceof HostNames.NoAnswerException told ? told.failure() : HostNames.Failure.FAILED;
        var hold = hold(failure);
        long leftNs = hold.toNanos() - (nowNs - lastGoodNs);
        nextNs = nowNs + slot.again().toNanos();
        if (leftNs > 0) {
            nextNs = Math.min(nextNs, nowNs + leftNs);
            return;
        }
        servers = List.of();
        seenNs.clear();
        if (!isLost) {
            trouble.accept("host name '" + host + "' has no address: " + failed.getMessage());
        }
        isLost = true;
    }

    private Duration hold(HostNames.Failure failure) {
        return switch (failure) {
            case UNKNOWN -> slot.holds().unknown();
            case SILENT -> slot.holds().silent();
            case REFUSED -> slot.holds().refused();
            case FAILED -> slot.holds().failed();
        };
    }

    private HostNames.Answer answer(long nowNs) {
        return new HostNames.Answer(servers, Duration.ofNanos(Math.max(1, nextNs - nowNs)));
    }
}

package io.steelyard.vrrp.system;

import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.defence.KernelLifetime;
import io.steelyard.vrrp.election.RouterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what is known of a virtual router. Used by the control thread. */
final class StatusReport {
    private StatusReport() {}

    static RouterStatus of(RunningRouter running, long nowNs) {
        var router = running.router();
        var state = running.state();
        var path = running.attachment().path();
        boolean isSomebodyHeard = state.activePriority() != 0;
        return new RouterStatus(
                router.name(),
                router.virtualRouterId(),
                router.interfaceName(),
                path == null ? Optional.empty() : Optional.of(path.source().getHostAddress()),
                state.phase(),
                Duration.ofNanos(nowNs - running.phaseSinceNs()),
                running.reason(),
                state.deadlineNs() == RouterState.NEVER
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, state.deadlineNs() - nowNs))),
                router.advertInterval(),
                running.health().sum(),
                running.health().unhealthy(),
                isSomebodyHeard
                        ? running.heardAdverts().of(state.activeHigh(), state.activeLow(), nowNs)
                        : Optional.empty(),
                running.heardAdverts().list(nowNs),
                addresses(running),
                running.health().sessions(),
                defences(running, nowNs),
                counters(running));
    }

    /** keepalived's counters, and what it has no name for. */
    private static Map<String, Long> counters(RunningRouter running) {
        var counters = new LinkedHashMap<>(running.counters().byName());
        counters.put("kernel_refusals", running.holdings().refusals());
        counters.put("address_conflicts", running.defences().conflicts());
        counters.put("script_hung", running.health().hungRuns());
        return counters;
    }

    private static List<RouterStatus.HeldAddress> addresses(RunningRouter running) {
        var list = new ArrayList<RouterStatus.HeldAddress>();
        var holdings = running.holdings();
        for (var address : running.router().addresses()) {
            list.add(new RouterStatus.HeldAddress(address.text(), true, holdings.has(address)));
        }
        for (var address : running.router().excludedAddresses()) {
            list.add(new RouterStatus.HeldAddress(address.text(), false, holdings.has(address)));
        }
        return list;
    }

    private static DefenceStatus defences(RunningRouter running, long nowNs) {
        var lifetime = KernelLifetime.of(running.router());
        var heartbeats = running.heartbeats();
        return new DefenceStatus(
                pending(running),
                running.defences().decisions().list(nowNs),
                lifetime.isLimited() ? Optional.of(Duration.ofSeconds(lifetime.seconds())) : Optional.empty(),
                running.defences().lease(),
                running.defences().reachability(),
                heartbeats.map(each -> each.peers(running, nowNs)).orElse(List.of()),
                heartbeats.map(each -> each.hearing(nowNs)).orElse(List.of()));
    }

    private static Optional<String> pending(RunningRouter running) {
        return switch (running.election().claim()) {
            case NONE -> Optional.empty();
            case REACHABILITY -> Optional.of("the hosts are asked that must be reached");
            case LEASE -> Optional.of("the witness is asked for the lease");
            case PROBE -> Optional.of("the network is asked who has the addresses");
            case FENCING -> Optional.of("the former active router is being fenced");
            case GROUP -> Optional.of("the other members of the sync group are not ready");
        };
    }
}

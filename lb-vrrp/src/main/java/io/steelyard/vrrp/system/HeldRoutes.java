package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RoutingRule;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Routes and rules that come and go together: puts them to the kernel, takes them away, and knows when somebody else took one away. A refusal of one
 * does not keep the others from being done. Used by the control thread.
 */
final class HeldRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HeldRoutes.class);

    private final String owner;
    private final List<VirtualRoute> routes;
    private final List<VirtualRule> rules;
    private final Kernel kernel;

    /** What the kernel took from us and has, as far as we know. */
    private final Map<VirtualRoute, Route> heldRoutes = new LinkedHashMap<>();

    private final Map<VirtualRule, RoutingRule> heldRules = new LinkedHashMap<>();
    private long refusals;
    private boolean isQuiet;

    /**
     * @param owner whose they are, for messages
     * @param isWatched whether it matters that somebody else takes one away
     */
    HeldRoutes(String owner, List<VirtualRoute> routes, List<VirtualRule> rules, boolean isWatched, Kernel kernel) {
        this.owner = owner;
        this.routes = routes;
        this.rules = rules;
        this.kernel = kernel;
        if (isWatched
                && (routes.stream().anyMatch(VirtualRoute::isTracked)
                        || rules.stream().anyMatch(VirtualRule::isTracked))) {
            kernel.watchRoutes();
        }
    }

    /** What another held for the same owner is this one's; what it does not want goes. */
    void succeed(HeldRoutes before) {
        refusals = before.refusals;
        before.removeRules(before.heldRules.keySet().stream()
                .filter(rule -> !rules.contains(rule))
                .toList());
        before.removeRoutes(before.heldRoutes.keySet().stream()
                .filter(route -> !routes.contains(route))
                .toList());
        heldRoutes.putAll(before.heldRoutes);
        heldRules.putAll(before.heldRules);
    }

    /** Whether refusals are no news, as the same was tried before. */
    void quiet(boolean given) {
        isQuiet = given;
    }

    /** How many changes the kernel refused. */
    long refusals() {
        return refusals;
    }

    void addRoutes() {
        for (var route : routes) {
            var held = heldRoutes.get(route);
            if (held != null && !isMissing(held)) {
                continue;
            }
            attempt(() -> {
                var wanted = KernelRoute.of(route, kernel.interfaces());
                kernel.routes().prepend(wanted);
                heldRoutes.put(route, wanted);
            });
        }
    }

    void removeRoutes() {
        removeRoutes(routes);
    }

    private void removeRoutes(List<VirtualRoute> unwanted) {
        for (var route : unwanted.reversed()) {
            attempt(() -> {
                var held = heldRoutes.remove(route);
                kernel.routes().remove(held == null ? KernelRoute.of(route, kernel.interfaces()) : held);
            });
        }
    }

    void addRules() {
        for (var rule : rules) {
            var held = heldRules.get(rule);
            if (held != null && !isMissing(held)) {
                continue;
            }
            attempt(() -> {
                var wanted = KernelRule.of(rule);
                kernel.rules().remove(wanted);
                kernel.rules().add(wanted);
                heldRules.put(rule, wanted);
            });
        }
    }

    void removeRules() {
        removeRules(rules);
    }

    private void removeRules(List<VirtualRule> unwanted) {
        for (var rule : unwanted.reversed()) {
            attempt(() -> {
                heldRules.remove(rule);
                kernel.rules().remove(KernelRule.of(rule));
            });
        }
    }

    /** Whether one that is tracked was never taken by the kernel, or is not there any more. */
    boolean isIncomplete() {
        return routes.stream().anyMatch(route -> route.isTracked() && !heldRoutes.containsKey(route))
                || rules.stream().anyMatch(rule -> rule.isTracked() && !heldRules.containsKey(rule))
                || isAnyMissing();
    }

    /** Whether a route or a rule of ours that is tracked is missing, as the kernel says now. */
    boolean isAnyMissing() {
        return heldRoutes.entrySet().stream().anyMatch(each -> each.getKey().isTracked() && isMissing(each.getValue()))
                || heldRules.entrySet().stream()
                        .anyMatch(each -> each.getKey().isTracked() && isMissing(each.getValue()));
    }

    /** Whether a route that went was one of ours that is tracked, and is missing now. */
    boolean isLost(Route removed) {
        return heldRoutes.entrySet().stream()
                .anyMatch(each ->
                        each.getKey().isTracked() && isSame(each.getValue(), removed) && isMissing(each.getValue()));
    }

    /** Whether a rule that went was one of ours that is tracked, and is missing now. */
    boolean isLost(RoutingRule removed) {
        return heldRules.entrySet().stream()
                .anyMatch(each ->
                        each.getKey().isTracked() && isSame(each.getValue(), removed) && isMissing(each.getValue()));
    }

    private boolean isMissing(Route held) {
        try {
            return kernel.routes().list(held.isIpv6(), held.table(), held.protocol()).stream()
                    .noneMatch(found -> isSame(held, found));
        } catch (IOException unreadable) {
            LOG.warn("{}: {}", owner, unreadable.getMessage());
            return false;
        }
    }

    private boolean isMissing(RoutingRule held) {
        try {
            return kernel.rules().list(held.isIpv6()).stream().noneMatch(found -> isSame(held, found));
        } catch (IOException unreadable) {
            LOG.warn("{}: {}", owner, unreadable.getMessage());
            return false;
        }
    }

    /** By what the kernel itself tells routes of one table apart. A metric that is not ours to say is any. */
    private static boolean isSame(Route held, Route found) {
        return held.destination().equals(found.destination())
                && held.prefixLength() == found.prefixLength()
                && held.table() == found.table()
                && held.protocol() == found.protocol()
                && held.type() == found.type()
                && held.details().trafficClass() == found.details().trafficClass()
                && (held.metric() == 0 || held.metric() == found.metric());
    }

    private static boolean isSame(RoutingRule held, RoutingRule found) {
        return held.equals(held.priority() == 0 ? found.withPriority(0) : found);
    }

    private interface Change {
        void make() throws IOException;
    }

    private void attempt(Change change) {
        try {
            change.make();
        } catch (IOException | IllegalArgumentException refused) {
            refusals++;
            LOG.atLevel(isQuiet ? Level.DEBUG : Level.ERROR).log("{}: {}", owner, refused.getMessage());
        }
    }
}

package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.fencing.Fencing;
import io.steelyard.vrrp.fencing.FencingProvider;
import java.net.InetAddress;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A virtual router's fencing: what happens elsewhere is heard on the control thread, which never waits for it. */
final class FencingLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FencingLink.class);

    private final VirtualRouter router;
    private final SplitBrainDefence.Fencing rules;
    private final Fencing fencing;

    private FencingLink(VirtualRouter router, SplitBrainDefence.Fencing rules, Fencing fencing) {
        this.router = router;
        this.rules = rules;
        this.fencing = fencing;
    }

    /**
     * The fencing a router wants.
     *
     * @throws IllegalArgumentException for a provider or options that cannot be
     */
    static Optional<FencingLink> of(VirtualRouter router, VrrpSettings settings) {
        return router.defence().fencing().map(rules -> {
            try {
                var fencing = provider(rules.provider())
                        .open(new FencingProvider.Settings(
                                rules.options(), settings.scriptUser(), settings.scriptSecurity()));
                return new FencingLink(router, rules, fencing);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(
                        "virtual router '" + router.name() + "': " + wrong.getMessage(), wrong);
            }
        });
    }

    private static FencingProvider provider(String name) {
        var providers = ServiceLoader.load(FencingProvider.class, FencingLink.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return providers.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fencing '" + name + "', expected one of "
                        + providers.stream().map(FencingProvider::name).sorted().collect(Collectors.joining(", "))));
    }

    /** @param onEnd on the control thread: empty for a success, else why not */
    void fence(InetAddress former, ControlThread control, Consumer<Optional<String>> onEnd) {
        var target = new Fencing.Target(router.name(), router.virtualRouterId(), former, rules.timeout());
        fencing.fence(target, problem -> {
            try {
                control.execute(() -> onEnd.accept(problem));
            } catch (RejectedExecutionException closed) {
                LOG.debug("fencing ended after the routers");
            }
        });
    }

    @Override
    public void close() {
        fencing.close();
    }
}

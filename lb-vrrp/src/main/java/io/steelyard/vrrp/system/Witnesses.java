package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.witness.Witness;
import io.steelyard.vrrp.witness.WitnessProvider;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The ways to all witnesses, one for each provider with the same options. Made on the thread whose network namespace is meant, then used by the
 * control thread.
 */
final class Witnesses implements AutoCloseable {
    private static final String CLUSTER = "cluster";

    private final Map<Kind, Witness> open = new HashMap<>();

    private record Kind(String provider, Map<String, String> options) {
        static Kind of(SplitBrainDefence.Witness witness) {
            return new Kind(witness.provider(), witness.options());
        }
    }

    private Witnesses() {}

    /**
     * Opens what the routers need.
     *
     * @param node this machine's name. To the witness each process is an asker of its own: two nodes of one name must not share a lease
     * @throws IllegalArgumentException for providers or options that do not exist, and for two routers that would share a lease
     */
    static Witnesses open(List<VirtualRouter> routers, String node) throws IOException {
        var witnesses = new Witnesses();
        var asker = node + "/"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        var leases = new HashSet<String>();
        try {
            for (var router : routers) {
                var wanted = router.defence().witness().orElse(null);
                if (wanted != null) {
                    witnesses.open(router, wanted, asker);
                    if (!leases.add(wanted.provider() + " " + lease(router))) {
                        throw new IllegalArgumentException("virtual router '" + router.name()
                                + "' would share the lease '" + lease(router)
                                + "' with another; give its witness an option 'cluster' of its own");
                    }
                }
            }
            return witnesses;
        } catch (IOException | RuntimeException failed) {
            witnesses.close();
            throw failed;
        }
    }

    private void open(VirtualRouter router, SplitBrainDefence.Witness wanted, String asker) throws IOException {
        var kind = Kind.of(wanted);
        if (open.containsKey(kind)) {
            return;
        }
        try {
            open.put(kind, provider(kind).open(new WitnessProvider.Settings(asker, kind.options())));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("virtual router '" + router.name() + "': " + wrong.getMessage(), wrong);
        }
    }

    private static WitnessProvider provider(Kind kind) {
        var providers = ServiceLoader.load(WitnessProvider.class, Witnesses.class.getClassLoader());
        return StreamSupport.stream(providers.spliterator(), false)
                .filter(provider -> provider.name().equals(kind.provider()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no witness '" + kind.provider()
                        + "', expected one of "
                        + StreamSupport.stream(providers.spliterator(), false)
                                .map(WitnessProvider::name)
                                .sorted()
                                .collect(Collectors.joining(", "))));
    }

    /** What the routers of one id and family share, on all nodes, whatever they are called there. */
    static String lease(VirtualRouter router) {
        var cluster = router.defence().witness().orElseThrow().options().getOrDefault(CLUSTER, "default");
        return cluster + "/" + router.family() + "/" + router.virtualRouterId();
    }

    /** A router's way; null where it has no witness. */
    @Nullable
    Witness of(VirtualRouter router) {
        return router.defence()
                .witness()
                .map(wanted -> open.get(Kind.of(wanted)))
                .orElse(null);
    }

    @Override
    public void close() {
        open.values().forEach(Witness::close);
        open.clear();
    }
}

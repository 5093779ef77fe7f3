package io.steelyard.vrrp;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.vrrp.RunningRouters;
import io.steelyard.api.vrrp.VirtualRouterProvider;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

/** VRRP beside a balancer: the virtual routers of its configuration. */
public final class VrrpProvider implements VirtualRouterProvider {
    /** For ServiceLoader. */
    public VrrpProvider() {}

    @Override
    public String name() {
        return "vrrp";
    }

    @Override
    public String description() {
        return "VRRP versions 2 and 3: addresses that several machines share, of which one has them at a time";
    }

    @Override
    public RunningRouters start(Configuration configuration, Consumer<Event> events) throws IOException {
        return VirtualRouters.builder()
                .all(configuration)
                .onEvent(event -> tell(event, events))
                .start();
    }

    private static void tell(RouterEvent event, Consumer<Event> events) {
        switch (event) {
            case RouterEvent.Changed changed ->
                events.accept(new Event.VirtualRouterChanged(
                        changed.router(),
                        changed.from().name(),
                        changed.to().name(),
                        changed.priority(),
                        words(changed.reason())));
            case RouterEvent.PriorityChanged changed ->
                events.accept(new Event.VirtualRouterPriorityChanged(
                        changed.router(), changed.phase().name(), changed.from(), changed.to()));
            case RouterEvent.SessionChanged changed ->
                events.accept(new Event.VirtualRouterSessionChanged(
                        changed.router(),
                        changed.session(),
                        changed.from().name(),
                        changed.to().name(),
                        words(changed.diagnostic())));
            case RouterEvent.Warning warning ->
                events.accept(new Event.VirtualRouterTrouble(
                        warning.router(), words(warning.kind()) + ": " + warning.text()));
        }
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

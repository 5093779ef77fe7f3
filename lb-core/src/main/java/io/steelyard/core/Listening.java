package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Where a configuration listens, told as events. */
final class Listening {
    private Listening() {}

    /** Says which listeners are new and which are gone. */
    static void announce(Configuration before, Configuration after, Consumer<Event> publish) {
        var old = of(before);
        var now = of(after);
        now.forEach((key, event) -> {
            if (!old.containsKey(key)) {
                publish.accept(event);
            }
        });
        old.forEach((key, event) -> {
            if (!now.containsKey(key)) {
                publish.accept(new Event.ListenerClosed(event.protocol(), event.address(), event.pool()));
            }
        });
    }

    private static Map<String, Event.ListenerReady> of(Configuration configuration) {
        var result = new LinkedHashMap<String, Event.ListenerReady>();
        for (var server : configuration.virtualServers()) {
            for (var listen : server.listen()) {
                result.put(server.protocol() + " " + listen.text(), ready(server, listen.text(), configuration));
            }
        }
        return result;
    }

    private static Event.ListenerReady ready(VirtualServer server, String address, Configuration configuration) {
        var names = pools(server);
        var serving = names.stream()
                .flatMap(name -> configuration.pool(name).stream())
                .toList();
        return new Event.ListenerReady(
                server.protocol(),
                server.target() instanceof Target.Http,
                address,
                names.isEmpty() ? server.name() : String.join(",", names),
                serving.size() == 1 ? serving.getFirst().scheduler().name() : "-",
                serving.stream().mapToInt(pool -> pool.servers().size()).sum());
    }

    private static List<String> pools(VirtualServer server) {
        return server.target() instanceof Target.Http http
                ? http.service().pools()
                : Stream.of(server.pool()).filter(name -> !name.isEmpty()).toList();
    }
}

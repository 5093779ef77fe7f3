package io.steelyard.admin.runtime;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.NameServerStatus;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The command {@code show resolvers}: HAProxy's counters of name servers, each of which has its address for a name. Without state. */
final class ShownResolvers {
    private ShownResolvers() {}

    /** @param words a section's name, or none for all */
    static String text(LoadBalancer balancer, List<String> words) {
        var sections = balancer.nameServers().stream()
                .filter(server -> words.isEmpty() || server.section().equals(words.getFirst()))
                .collect(Collectors.groupingBy(NameServerStatus::section, TreeMap::new, Collectors.toList()));
        if (sections.isEmpty() && !words.isEmpty()) {
            throw new RefusedCommandException("Can't find that resolvers section");
        }
        var text = new StringBuilder();
        sections.forEach((name, servers) -> {
            text.append("Resolvers section ").append(name).append('\n');
            servers.forEach(server -> append(server, text));
        });
        return text.toString();
    }

    private static void append(NameServerStatus server, StringBuilder text) {
        text.append(" nameserver ").append(server.address()).append(":\n");
        append(text, "sent", server.sent());
        append(text, "snd_error", 0);
        append(text, "valid", server.valid());
        append(text, "update", 0);
        append(text, "cname", 0);
        append(text, "cname_error", 0);
        append(text, "any_err", server.empty());
        append(text, "nx", server.unknown());
        append(text, "timeout", server.silent());
        append(text, "refused", server.refused());
        append(text, "other", server.failed());
        append(text, "invalid", 0);
        append(text, "too_big", 0);
        append(text, "truncated", 0);
        append(text, "outdated", 0);
    }

    private static void append(StringBuilder text, String name, long count) {
        text.append("  %-13s%d\n".formatted(name + ":", count));
    }
}

package io.steelyard.launcher;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * A server as a command line writes it: {@code ADDRESS[,weight=N][,down][,drain][,backup][,tier=N][,max=N][,label.KEY=VALUE]}.
 */
final class ServerArgument {
    private ServerArgument() {}

    /**
     * Reads one. No name server is asked: a host name gets an address of the networks for documentation and tests (RFC 5737, RFC 2544),
     * a different one for each position.
     *
     * @param position from 0
     * @throws IllegalArgumentException with the reason
     */
    static RealServer parse(String text, int position) {
        var parts = text.split(",", -1);
        var address = ServerAddress.parse(parts[0], 80);
        var known = address instanceof ServerAddress.Name name
                ? new ServerAddress.Ip(ServerAddress.numericAddress(standIn(position)), name.port())
                : address;
        var name = parts[0];
        Map<String, String> labels = new HashMap<>();
        var server = RealServer.builder(name, known);
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            var key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
            var value = equals < 0 ? "" : parts[i].substring(equals + 1);
            switch (key) {
                case "weight" -> server.weight(number(key, value));
                case "down" -> server.adminState(AdminState.DISABLED);
                case "drain" -> server.adminState(AdminState.DRAINING);
                case "backup" -> server.backup();
                case "tier" -> server.tier(number(key, value));
                case "max" -> server.maxConnections(number(key, value));
                default -> {
                    if (!key.startsWith("label.") || equals < 0) {
                        throw new IllegalArgumentException("server '" + text + "': unknown '" + parts[i]
                                + "'; expected weight=N, down, drain, backup, tier=N, max=N or label.KEY=VALUE");
                    }
                    labels.put(key.substring("label.".length()), value);
                }
            }
        }
        return server.labels(labels).build();
    }

    private static String standIn(int position) {
        return position < 254 ? "192.0.2." + (position + 1) : "198.18." + (position / 256 % 256) + "." + position % 256;
    }

    private static int number(String key, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("'" + value + "' is no number for " + key, wrong);
        }
    }
}

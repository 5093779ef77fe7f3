package io.steelyard.config.haproxy.expression;

import io.steelyard.api.pool.ServerAddress;
import java.util.HexFormat;
import java.util.Optional;

/** Fetches whose value stands in their arguments. */
final class Constants {
    private Constants() {}

    /** @throws IllegalArgumentException where the argument is no such value */
    static void check(Fetch fetch) {
        value(fetch);
    }

    /** The value of a constant; empty for a fetch that is none. */
    static Optional<Sample> value(Fetch fetch) {
        return switch (fetch.method().name()) {
            case "always_true" -> Optional.of(new Sample.Bool(true));
            case "always_false" -> Optional.of(new Sample.Bool(false));
            case "int" -> Optional.of(new Sample.Sint(number(fetch.argument(0))));
            case "str" -> Optional.of(new Sample.Str(fetch.argument(0)));
            case "bool" -> Optional.of(new Sample.Bool(truth(fetch.argument(0))));
            case "ipv4", "ipv6" -> Optional.of(new Sample.Addr(ServerAddress.numericAddress(fetch.argument(0))));
            case "bin" -> Optional.of(new Sample.Binary(HexFormat.of().parseHex(fetch.argument(0))));
            case "meth" -> Optional.of(new Sample.Method(fetch.argument(0)));
            default -> Optional.empty();
        };
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("'" + text + "' is not a number", wrong);
        }
    }
}

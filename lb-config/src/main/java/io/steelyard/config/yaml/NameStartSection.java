package io.steelyard.config.yaml;

import io.steelyard.api.pool.NameSlot.Start;
import java.net.InetAddress;

/** {@link Start}. */
final class NameStartSection extends Section<Start> {
    private final Key<Start, Boolean> asksSystem = optional(
            "asksSystem",
            Forms.flag(),
            Start::asksSystem,
            Start.SYSTEM.asksSystem(),
            "Whether the system's resolver is asked.");
    private final Key<Start, InetAddress> address = absent(
            "address",
            Endpoints.address(),
            Start::address,
            "none",
            "The address where the system's resolver does not know, or is not asked.");
    private final Key<Start, Boolean> mayLackAddress = optional(
            "mayLackAddress",
            Forms.flag(),
            Start::mayLackAddress,
            Start.SYSTEM.mayLackAddress(),
            "Whether it begins without an address where there is none; otherwise the configuration is refused.");

    NameStartSection() {
        super("name start");
    }

    @Override
    Start make(Values values) {
        return new Start(
                values.or(asksSystem, Start.SYSTEM.asksSystem()),
                values.find(address),
                values.or(mayLackAddress, Start.SYSTEM.mayLackAddress()));
    }
}

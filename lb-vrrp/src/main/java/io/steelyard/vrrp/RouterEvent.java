package io.steelyard.vrrp;

import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Phase;
import java.util.Objects;

/** What a virtual router tells the application. */
public sealed interface RouterEvent {
    /** The router's name. */
    String router();

    /**
     * The router changed its state.
     *
     * @param priority its effective one
     * @param reason why
     */
    record Changed(String router, Phase from, Phase to, int priority, Effect.Reason reason) implements RouterEvent {
        public Changed {
            Objects.requireNonNull(router, "router");
        }
    }

    /**
     * Something an operator should see: a suspected split brain, a conflict, a refusal of the kernel's.
     *
     * @param kind what kind of thing
     * @param text for people
     */
    record Warning(String router, Kind kind, String text) implements RouterEvent {}

    /** What a warning is about. */
    enum Kind {
        /** Somebody else answers for an address of ours. */
        ADDRESS_CONFLICT,
        /** Somebody has our address and our priority: neither gives way, ever. */
        SAME_ADDRESS,
        /** Two owners of one address. */
        TWO_OWNERS,
        /** Another router of our number has other addresses than we. */
        OTHER_ADDRESSES,
        /** This process stood still. */
        PAUSED
    }
}

package io.steelyard.vrrp.system;

import io.steelyard.vrrp.wire.AdvertCounters;

/**
 * What a virtual router remembers whatever its configuration becomes. Used by the control thread.
 *
 * @param counters of adverts and states
 * @param adverts the last of each sender
 * @param decisions what its defences reported
 */
record RouterPast(AdvertCounters counters, HeardAdverts adverts, Decisions decisions) {
    static RouterPast none() {
        return new RouterPast(new AdvertCounters(), new HeardAdverts(), new Decisions());
    }
}

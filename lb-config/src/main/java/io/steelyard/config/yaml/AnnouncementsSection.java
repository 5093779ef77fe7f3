package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Announcements;
import java.time.Duration;

/** {@link Announcements}. */
final class AnnouncementsSection extends Section<Announcements> {
    private static final Announcements DEFAULTS = Announcements.DEFAULT;

    private final Key<Announcements, Integer> repeat = optional(
            "repeat",
            Forms.whole(1, 60),
            Announcements::repeat,
            DEFAULTS.repeat(),
            "How often each address is announced when the router becomes active.");
    private final Key<Announcements, Duration> delay = optional(
            "delay",
            Forms.time(),
            Announcements::delay,
            DEFAULTS.delay(),
            "After how long once more; `0s` for not at all.");
    private final Key<Announcements, Duration> refresh = optional(
            "refresh",
            Forms.time(),
            Announcements::refresh,
            DEFAULTS.refresh(),
            "Every how often while active; `0s` for not at all.");
    private final Key<Announcements, Integer> refreshRepeat = optional(
            "refreshRepeat",
            Forms.whole(1, 60),
            Announcements::refreshRepeat,
            DEFAULTS.refreshRepeat(),
            "How often then.");
    private final Key<Announcements, Integer> lowerPriorityRepeat = derived(
            "lowerPriorityRepeat",
            Forms.whole(0, 60),
            Announcements::lowerPriorityRepeat,
            Announcements::repeat,
            "`repeat`",
            "How often after an advert of lower priority.");
    private final Key<Announcements, Duration> lowerPriorityDelay = derived(
            "lowerPriorityDelay",
            Forms.time(),
            Announcements::lowerPriorityDelay,
            Announcements::delay,
            "`delay`",
            "After how long the same once more; `0s` for not at all.");
    private final Key<Announcements, Duration> arpPacing = optional(
            "arpPacing",
            Forms.time(),
            Announcements::arpPacing,
            DEFAULTS.arpPacing(),
            "Between two ARP packets on one interface.");
    private final Key<Announcements, Duration> neighbourPacing = optional(
            "neighbourPacing",
            Forms.time(),
            Announcements::neighbourPacing,
            DEFAULTS.neighbourPacing(),
            "Between two neighbour advertisements on one interface.");
    private final Key<Announcements, Duration> extraRefresh = optional(
            "extraRefresh",
            Forms.time(),
            Announcements::extraRefresh,
            DEFAULTS.extraRefresh(),
            "Every how often, while active, one address of each interface that sends no adverts is announced; `0s` for not at all.");
    private final Key<Announcements, Boolean> extraEverywhere = optional(
            "extraEverywhere",
            Forms.flag(),
            Announcements::isExtraEverywhere,
            false,
            "That is done on all such interfaces, not only on those that were made for the router.");

    AnnouncementsSection() {
        super("announcements");
    }

    @Override
    Announcements make(Values values) {
        int times = values.or(repeat, DEFAULTS.repeat());
        var wait = values.or(delay, DEFAULTS.delay());
        return new Announcements(
                times,
                wait,
                values.or(refresh, DEFAULTS.refresh()),
                values.or(refreshRepeat, DEFAULTS.refreshRepeat()),
                values.or(lowerPriorityRepeat, times),
                values.or(lowerPriorityDelay, wait),
                values.or(arpPacing, DEFAULTS.arpPacing()),
                values.or(neighbourPacing, DEFAULTS.neighbourPacing()),
                values.or(extraRefresh, DEFAULTS.extraRefresh()),
                values.or(extraEverywhere, false));
    }
}

package io.steelyard.api.vrrp;

import java.time.Duration;
import java.util.Objects;

/**
 * How neighbours are told whose the addresses are now: ARP requests for IPv4, unsolicited neighbour advertisements for IPv6 (keepalived
 * {@code garp_*}).
 *
 * @param repeat how often each address is announced when the router becomes active, 1 to 60
 * @param delay after how long the same is done once more; zero for not at all
 * @param refresh every how often, while active; zero for not at all
 * @param refreshRepeat how often each address then, 1 to 60
 * @param lowerPriorityRepeat how often each address after an advert of lower priority, 0 to 60
 * @param lowerPriorityDelay after how long the same once more; zero for not at all
 * @param arpPacing between two ARP packets on one interface
 * @param neighbourPacing between two neighbour advertisements on one interface
 * @param extraRefresh every how often, while active, one address of each interface that sends no adverts is announced, so that switches do not forget
 *     where its link-layer address is (keepalived {@code garp_extra_if}); zero for not at all
 * @param isExtraEverywhere that is done on all such interfaces; otherwise only on those that were made for the router ({@link VirtualMac})
 */
public record Announcements(
        int repeat,
        Duration delay,
        Duration refresh,
        int refreshRepeat,
        int lowerPriorityRepeat,
        Duration lowerPriorityDelay,
        Duration arpPacing,
        Duration neighbourPacing,
        Duration extraRefresh,
        boolean isExtraEverywhere) {
    private static final int MOST = 60;

    /** keepalived's defaults: 5 times, again after 5 s, no refresh, no pacing. */
    public static final Announcements KEEPALIVED = builder().build();

    /** Our own: as {@link #KEEPALIVED}, and each address again every 60 s. */
    public static final Announcements DEFAULT =
            builder().refresh(Duration.ofSeconds(60)).build();

    public Announcements {
        checkCount(repeat, 1, "repeat");
        checkCount(refreshRepeat, 1, "refreshRepeat");
        checkCount(lowerPriorityRepeat, 0, "lowerPriorityRepeat");
        checkTime(delay, "delay");
        checkTime(refresh, "refresh");
        checkTime(lowerPriorityDelay, "lowerPriorityDelay");
        checkTime(arpPacing, "arpPacing");
        checkTime(neighbourPacing, "neighbourPacing");
        checkTime(extraRefresh, "extraRefresh");
    }

    private static void checkCount(int count, int least, String what) {
        if (count < least || count > MOST) {
            throw new IllegalArgumentException(what + " is " + count + ", expected " + least + " to " + MOST);
        }
    }

    private static void checkTime(Duration time, String what) {
        Objects.requireNonNull(time, what);
        if (time.isNegative() || time.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(what + " is " + time + ", expected 0 to 24 h");
        }
    }

    /** keepalived's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private int repeat = 5;
        private Duration delay = Duration.ofSeconds(5);
        private Duration refresh = Duration.ZERO;
        private int refreshRepeat = 1;
        private int lowerPriorityRepeat = -1;
        private Duration lowerPriorityDelay = Duration.ofNanos(-1);
        private Duration arpPacing = Duration.ZERO;
        private Duration neighbourPacing = Duration.ZERO;
        private Duration extraRefresh = Duration.ZERO;
        private boolean isExtraEverywhere;

        private Builder() {}

        public Builder repeat(int given) {
            repeat = given;
            return this;
        }

        public Builder delay(Duration given) {
            delay = given;
            return this;
        }

        public Builder refresh(Duration given) {
            refresh = given;
            return this;
        }

        public Builder refreshRepeat(int given) {
            refreshRepeat = given;
            return this;
        }

        /** Without it, {@code repeat} holds. */
        public Builder lowerPriorityRepeat(int given) {
            lowerPriorityRepeat = given;
            return this;
        }

        /** Without it, {@code delay} holds. */
        public Builder lowerPriorityDelay(Duration given) {
            lowerPriorityDelay = given;
            return this;
        }

        public Builder arpPacing(Duration given) {
            arpPacing = given;
            return this;
        }

        public Builder neighbourPacing(Duration given) {
            neighbourPacing = given;
            return this;
        }

        public Builder extraRefresh(Duration given) {
            extraRefresh = given;
            return this;
        }

        public Builder extraEverywhere(boolean given) {
            isExtraEverywhere = given;
            return this;
        }

        public Announcements build() {
            return new Announcements(
                    repeat,
                    delay,
                    refresh,
                    refreshRepeat,
                    lowerPriorityRepeat < 0 ? repeat : lowerPriorityRepeat,
                    lowerPriorityDelay.isNegative() ? delay : lowerPriorityDelay,
                    arpPacing,
                    neighbourPacing,
                    extraRefresh,
                    isExtraEverywhere);
        }
    }
}

package io.steelyard.vrrp.announce;

import io.steelyard.api.vrrp.Announcements;
import io.steelyard.vrrp.election.Effect;
import java.util.Collections;
import java.util.List;

/**
 * When which address of one virtual router is announced: bursts, second bursts, the refresh while active, and the pause between two packets of one
 * kind. Pure in that time is passed in. Used by one thread at a time; polling allocates nothing.
 *
 * <pre>
 *   became active      repeat times all addresses, again after delay, then refreshRepeat times every refresh
 *   lower priority     lowerPriorityRepeat times, again after lowerPriorityDelay
 * </pre>
 *
 * <p>With pacing, packets of one family by one interface are apart by at least that, whichever router they are of; a burst that is still going on when the next is due takes it in: it begins anew with
 * the larger of what is left and what is asked for.
 */
public final class AnnouncementSchedule {
    /** Nothing. */
    public static final int NONE = -1;

    private static final long NEVER = Long.MAX_VALUE;

    private final Announcements rules;
    private final boolean[] isIpv6;
    private final long[] pacingNs;
    private final Pace[] paces;

    /** By family: rounds still to go, and the address that comes next. */
    private final int[] rounds = new int[2];

    private final int[] next = new int[2];
    private final int[] count = new int[2];
    private long secondAtNs = NEVER;
    private int secondRounds;
    private long refreshAtNs = NEVER;

    /**
     * Nothing to announce yet.
     *
     * @param isIpv6 for each address, in the order in which they are announced
     */
    public AnnouncementSchedule(Announcements rules, boolean... isIpv6) {
        this(rules, alone(isIpv6.length), isIpv6);
    }

    /**
     * Nothing to announce yet.
     *
     * @param paces for each address, that of its interface
     * @param isIpv6 for each address, in the order in which they are announced
     */
    public AnnouncementSchedule(Announcements rules, List<Pace> paces, boolean... isIpv6) {
        this.rules = rules;
        this.paces = paces.toArray(Pace[]::new);
        this.isIpv6 = isIpv6.clone();
        pacingNs =
                new long[] {rules.arpPacing().toNanos(), rules.neighbourPacing().toNanos()};
        for (boolean six : isIpv6) {
            count[six ? 1 : 0]++;
        }
        next[0] = first(0, 0);
        next[1] = first(1, 0);
    }

    private static List<Pace> alone(int count) {
        return Collections.nCopies(count, new Pace());
    }

    /** Begins what {@code cause} asks for. */
    public void begin(Effect.Cause cause, long nowNs) {
        boolean isStart = cause == Effect.Cause.BECAME_ACTIVE;
        int repeat = isStart ? rules.repeat() : rules.lowerPriorityRepeat();
        long delayNs = (isStart ? rules.delay() : rules.lowerPriorityDelay()).toNanos();
        if (repeat == 0) {
            return;
        }
        burst(repeat);
        if (delayNs > 0) {
            secondAtNs = nowNs + delayNs;
            secondRounds = repeat;
        }
        if (isStart && !rules.refresh().isZero()) {
            refreshAtNs = nowNs + rules.refresh().toNanos();
        }
    }

    private void burst(int repeat) {
        for (int family = 0; family < 2; family++) {
            if (count[family] > 0) {
                rounds[family] = Math.max(rounds[family], repeat);
            }
        }
    }

    /** Nothing more: the router is not active any more. */
    public void stop() {
        for (int family = 0; family < 2; family++) {
            rounds[family] = 0;
            next[family] = first(family, 0);
        }
        secondAtNs = NEVER;
        refreshAtNs = NEVER;
    }

    /**
     * The address to announce now, by its place; {@link #NONE} where there is none yet. To be asked until it says so.
     *
     * @param nowNs the same clock as in {@link #begin}
     */
    public int poll(long nowNs) {
        if (secondAtNs != NEVER && nowNs - secondAtNs >= 0) {
            secondAtNs = NEVER;
            burst(secondRounds);
        }
        if (refreshAtNs != NEVER && nowNs - refreshAtNs >= 0) {
            refreshAtNs = nowNs + rules.refresh().toNanos();
            burst(rules.refreshRepeat());
        }
        for (int family = 0; family < 2; family++) {
            if (rounds[family] > 0 && nowNs >= freeAtNs(family)) {
                if (pacingNs[family] > 0) {
                    paces[next[family]].take(family, nowNs, pacingNs[family]);
                }
                return take(family);
            }
        }
        return NONE;
    }

    private long freeAtNs(int family) {
        return pacingNs[family] == 0 ? Long.MIN_VALUE : paces[next[family]].freeAtNs(family);
    }

    private int take(int family) {
        int address = next[family];
        int following = first(family, address + 1);
        if (following == NONE) {
            rounds[family]--;
            following = first(family, 0);
        }
        next[family] = following;
        return address;
    }

    private int first(int family, int from) {
        for (int i = from; i < isIpv6.length; i++) {
            if (isIpv6[i] == (family == 1)) {
                return i;
            }
        }
        return NONE;
    }

    /** When {@link #poll} has something next, at least {@code nowNs}; {@code Long.MAX_VALUE} for never. */
    public long nextNs(long nowNs) {
        long at = Math.min(secondAtNs, refreshAtNs);
        for (int family = 0; family < 2; family++) {
            if (rounds[family] > 0) {
                at = Math.min(at, freeAtNs(family));
            }
        }
        return at == NEVER ? NEVER : Math.max(at, nowNs);
    }
}

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
 *   lower priority     once that rival is gone: lowerPriorityRepeat times, again after lowerPriorityDelay
 * </pre>
 *
 * <p>Two that were active meet: the rival announces the addresses, too, as long as it has not heard of us, and whoever announces last is believed. So
 * its silence is waited for, or its word that it is not active, and then there is one burst for all its adverts. A rival that does not fall silent
 * is waited for no longer than a backup waits for adverts.
 *
 * <p>With pacing, packets of one family by one interface are apart by at least that, whichever router they are of; a burst that is still going on when
 * the next is due takes it in: it begins anew with the larger of what is left and what is asked for.
 */
public final class AnnouncementSchedule {
    /** Nothing. */
    public static final int NONE = -1;

    private static final long NEVER = Long.MAX_VALUE;

    private final Announcements rules;
    private final long rivalSilenceNs;
    private final long longestRivalNs;
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
    private long rivalSinceNs = NEVER;
    private long healedAtNs = NEVER;

    /**
     * Nothing to announce yet.
     *
     * @param rivalSilenceNs a rival that is silent for so long is gone
     * @param longestRivalNs for how long its going is waited for
     * @param isIpv6 for each address, in the order in which they are announced
     */
    public AnnouncementSchedule(Announcements rules, long rivalSilenceNs, long longestRivalNs, boolean... isIpv6) {
        this(rules, rivalSilenceNs, longestRivalNs, Collections.nCopies(isIpv6.length, new Pace()), isIpv6);
    }

    /**
     * The same with interfaces that others announce by, too.
     *
     * @param paces for each address, that of its interface
     */
    public AnnouncementSchedule(
            Announcements rules, long rivalSilenceNs, long longestRivalNs, List<Pace> paces, boolean... isIpv6) {
        this.rules = rules;
        this.rivalSilenceNs = rivalSilenceNs;
        this.longestRivalNs = longestRivalNs;
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

    /** Begins what {@code cause} asks for. */
    public void begin(Effect.Cause cause, long nowNs) {
        if (cause == Effect.Cause.LOWER_PRIORITY) {
            if (rivalSinceNs == NEVER) {
                rivalSinceNs = nowNs;
            }
            healedAtNs = Math.min(nowNs + rivalSilenceNs, rivalSinceNs + longestRivalNs);
            return;
        }
        burst(rules.repeat(), rules.delay().toNanos(), nowNs);
        if (!rules.refresh().isZero()) {
            refreshAtNs = nowNs + rules.refresh().toNanos();
        }
    }

    /** The rival says that it is not active, or not any more. */
    public void rivalGone(long nowNs) {
        if (healedAtNs != NEVER) {
            healedAtNs = nowNs;
        }
    }

    private void burst(int repeat, long delayNs, long nowNs) {
        burst(repeat);
        if (repeat > 0 && delayNs > 0) {
            secondAtNs = nowNs + delayNs;
            secondRounds = repeat;
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
        forgetRival();
    }

    private void forgetRival() {
        rivalSinceNs = NEVER;
        healedAtNs = NEVER;
    }

    /**
     * The address to announce now, by its place; {@link #NONE} where there is none yet. To be asked until it says so.
     *
     * @param nowNs the same clock as in {@link #begin}
     */
    public int poll(long nowNs) {
        if (healedAtNs != NEVER && nowNs - healedAtNs >= 0) {
            forgetRival();
            burst(rules.lowerPriorityRepeat(), rules.lowerPriorityDelay().toNanos(), nowNs);
        }
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
        long at = Math.min(healedAtNs, Math.min(secondAtNs, refreshAtNs));
        for (int family = 0; family < 2; family++) {
            if (rounds[family] > 0) {
                at = Math.min(at, freeAtNs(family));
            }
        }
        return at == NEVER ? NEVER : Math.max(at, nowNs);
    }
}

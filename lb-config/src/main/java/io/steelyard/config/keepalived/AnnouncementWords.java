package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.Announcements;
import io.steelyard.config.keepalived.grammar.Entry;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The {@code garp_*} keywords, which global_defs has with {@code vrrp_} before them. What is not said is left to others. */
final class AnnouncementWords {
    private static final int MOST = 60;
    private static final double LONGEST = 86_400;

    private final Values values;
    private final Findings findings;
    private OptionalInt repeat = OptionalInt.empty();
    private OptionalInt refreshRepeat = OptionalInt.empty();
    private OptionalInt lowerRepeat = OptionalInt.empty();
    private Optional<Duration> delay = Optional.empty();
    private Optional<Duration> refresh = Optional.empty();
    private Optional<Duration> lowerDelay = Optional.empty();
    private Optional<Duration> extra = Optional.empty();
    private boolean isExtraEverywhere;

    AnnouncementWords(Values values, Findings findings) {
        this.values = values;
        this.findings = findings;
    }

    /** @return whether the entry was one of these */
    boolean read(Entry entry) {
        var keyword = entry.keyword();
        switch (keyword.startsWith("vrrp_") ? keyword.substring("vrrp_".length()) : keyword) {
            case "garp_master_repeat" -> repeat = count(entry, 1);
            case "garp_master_delay" -> delay = values.seconds(entry, 0, LONGEST);
            case "garp_master_refresh" -> refresh = values.seconds(entry, 0, LONGEST);
            case "garp_master_refresh_repeat" -> refreshRepeat = count(entry, 1);
            case "garp_extra_if", "vmac_garp_intvl" -> readExtra(entry);
            case "garp_lower_prio_repeat" -> lowerRepeat = count(entry, 0);
            case "garp_lower_prio_delay" -> lowerDelay = values.seconds(entry, 0, LONGEST);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@code [all] SECONDS}. */
    private void readExtra(Entry entry) {
        var arguments = entry.arguments();
        boolean isAll = !arguments.isEmpty() && arguments.getFirst().text().equals("all");
        if (arguments.size() != (isAll ? 2 : 1)) {
            values.wrongCount(entry, "'all' or nothing, and a number of seconds");
            return;
        }
        values.number(arguments.getLast(), entry.keyword(), 0, (int) LONGEST).ifPresent(seconds -> {
            extra = Optional.of(Duration.ofSeconds(seconds));
            isExtraEverywhere = isAll;
        });
    }

    private OptionalInt count(Entry entry, int least) {
        var count = values.number(entry, 0, Integer.MAX_VALUE);
        if (count.isPresent() && (count.getAsInt() > MOST || count.getAsInt() < least)) {
            int taken = count.getAsInt() > MOST ? MOST : least;
            findings.warning(
                    entry.position(),
                    "'" + entry.keyword() + "' is " + count.getAsInt() + "; " + taken + " is taken",
                    "a number from " + least + " to " + MOST);
            return OptionalInt.of(taken);
        }
        return count;
    }

    /** The whole, with what is not said here from the global ones and else keepalived's defaults. */
    Announcements over(
            AnnouncementWords global, boolean hasFewArp, boolean isStrict, Duration arpPacing, Duration pacing) {
        int itsRepeat = first(repeat, global.repeat, hasFewArp ? 1 : 5);
        var itsDelay = delay.or(() -> global.delay).orElse(hasFewArp ? Duration.ZERO : Duration.ofSeconds(5));
        return new Announcements(
                itsRepeat,
                itsDelay,
                refresh.or(() -> global.refresh).orElse(Duration.ZERO),
                first(refreshRepeat, global.refreshRepeat, 1),
                isStrict ? 0 : first(lowerRepeat, global.lowerRepeat, itsRepeat),
                isStrict
                        ? Duration.ZERO
                        : lowerDelay.or(() -> global.lowerDelay).orElse(itsDelay),
                arpPacing,
                pacing,
                extra.or(() -> global.extra).orElse(Duration.ZERO),
                extra.isPresent() ? isExtraEverywhere : global.isExtraEverywhere);
    }

    private static int first(OptionalInt one, OptionalInt other, int otherwise) {
        return one.isPresent() ? one.getAsInt() : other.orElse(otherwise);
    }
}

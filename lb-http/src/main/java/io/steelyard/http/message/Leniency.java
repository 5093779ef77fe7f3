package io.steelyard.http.message;

import java.util.EnumSet;
import java.util.Set;

/** Which rules of the HTTP/1 parser are relaxed. Immutable. */
public final class Leniency {
    private static final Leniency STRICT = new Leniency(EnumSet.noneOf(Relaxation.class));
    private static final Leniency NGINX = of(
            Relaxation.BARE_LINE_FEED,
            Relaxation.FIELD_WITHOUT_COLON,
            Relaxation.EXTRA_SPACES_IN_REQUEST_LINE,
            Relaxation.SPACES_BEHIND_VERSION,
            Relaxation.FRAGMENT_IN_TARGET,
            Relaxation.NON_ASCII_TARGET,
            Relaxation.BACKSLASH_IN_PATH,
            Relaxation.HIGHER_MINOR_VERSION,
            Relaxation.EMPTY_LINES_BEFORE_REQUEST);
    private static final Leniency HAPROXY = of(
            Relaxation.BARE_LINE_FEED,
            Relaxation.FOLDED_FIELDS,
            Relaxation.UNDERSCORE_IN_NAME,
            Relaxation.EXTRA_SPACES_IN_REQUEST_LINE,
            Relaxation.BACKSLASH_IN_PATH,
            Relaxation.BAD_PERCENT_IN_PATH,
            Relaxation.HIGHER_MINOR_VERSION,
            Relaxation.EMPTY_LINES_BEFORE_REQUEST);

    private final long bits;

    private Leniency(Set<Relaxation> relaxations) {
        long set = 0;
        for (var relaxation : relaxations) {
            set |= 1L << relaxation.ordinal();
        }
        this.bits = set;
    }

    /** No rule is relaxed. */
    public static Leniency strict() {
        return STRICT;
    }

    /** Exactly the rules named. */
    public static Leniency of(Relaxation... relaxations) {
        var set = EnumSet.noneOf(Relaxation.class);
        for (var relaxation : relaxations) {
            set.add(relaxation);
        }
        return new Leniency(set);
    }

    /** What nginx takes, as far as no two programs can understand it differently once we wrote it anew. */
    public static Leniency nginx() {
        return NGINX;
    }

    /** What HAProxy takes, as far as no two programs can understand it differently once we wrote it anew. */
    public static Leniency haproxy() {
        return HAPROXY;
    }

    /** These rules and one more. */
    public Leniency with(Relaxation relaxation) {
        var set = relaxations();
        set.add(relaxation);
        return new Leniency(set);
    }

    /** These rules but one. */
    public Leniency without(Relaxation relaxation) {
        var set = relaxations();
        set.remove(relaxation);
        return new Leniency(set);
    }

    /** Whether a rule is relaxed. */
    public boolean allows(Relaxation relaxation) {
        return (bits & 1L << relaxation.ordinal()) != 0;
    }

    /** The relaxed rules; a set of the caller's own. */
    public Set<Relaxation> relaxations() {
        var set = EnumSet.noneOf(Relaxation.class);
        for (var relaxation : Relaxation.values()) {
            if (allows(relaxation)) {
                set.add(relaxation);
            }
        }
        return set;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Leniency leniency && bits == leniency.bits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits);
    }

    @Override
    public String toString() {
        return relaxations().toString();
    }
}

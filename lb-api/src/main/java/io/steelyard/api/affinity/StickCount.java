package io.steelyard.api.affinity;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StickTable} counts under each key, by HAProxy's names and in the order in which it shows them (configuration manual 2.6, {@code
 * stick-table}, {@code store}). A rate is how many events there are in a period that slides
 * ({@link io.steelyard.api.schedule.EventRate}).
 */
public enum StickCount {
    /** A number that rules set. */
    GPT0(false),
    /** A number that rules count up. */
    GPC0(false),
    GPC0_RATE(true),
    /** Connections and requests that were tracked. */
    CONN_CNT(false),
    CONN_RATE(true),
    /** Connections and requests that are tracked now. */
    CONN_CUR(false),
    /** Connections that the first rules let in. */
    SESS_CNT(false),
    SESS_RATE(true),
    HTTP_REQ_CNT(false),
    HTTP_REQ_RATE(true),
    /** Requests that were malformed, denied or answered with status 400 to 499. */
    HTTP_ERR_CNT(false),
    HTTP_ERR_RATE(true),
    /** Bytes from the client. */
    BYTES_IN_CNT(false),
    BYTES_IN_RATE(true),
    BYTES_OUT_CNT(false),
    BYTES_OUT_RATE(true),
    /** A number that rules count up. */
    GPC1(false),
    GPC1_RATE(true),
    /** Requests that a server answered with status 500 to 599, without 501 and 505. */
    HTTP_FAIL_CNT(false),
    HTTP_FAIL_RATE(true),
    /** Several numbers that rules set: a table counts these, or {@link #GPT0}. */
    GPT(false),
    /** Several numbers that rules count up: a table counts these, or {@link #GPC0} and {@link #GPC1}. */
    GPC(false),
    GPC_RATE(true);

    private final boolean isRate;

    StickCount(boolean isRate) {
        this.isRate = isRate;
    }

    /** Whether it is a rate, and so has a period. */
    public boolean isRate() {
        return isRate;
    }

    /** Whether there are several under each key, each with an index. */
    public boolean isArray() {
        return this == GPT || this == GPC || this == GPC_RATE;
    }

    /** The array that stands for this where a table counts it, with {@link #element} of it; null for what no array stands for. */
    public @Nullable StickCount array() {
        return switch (this) {
            case GPT0 -> GPT;
            case GPC0, GPC1 -> GPC;
            case GPC0_RATE, GPC1_RATE -> GPC_RATE;
            default -> null;
        };
    }

    /** Which element of {@link #array} it is; 0 for what no array stands for. */
    public int element() {
        return this == GPC1 || this == GPC1_RATE ? 1 : 0;
    }

    /** Such as {@code http_req_rate}. */
    public String countName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The count of a name. */
    public static Optional<StickCount> named(String name) {
        for (var count : values()) {
            if (count.countName().equals(name)) {
                return Optional.of(count);
            }
        }
        return Optional.empty();
    }
}

package io.steelyard.api.vrrp;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * keepalived's {@code auth_hmac} as of 2.4.1: 28 bytes behind each advert, with an HMAC-SHA256 cut to 128 bits and a time stamp against
 * replay. Works with both versions and families.
 *
 * @param keys at least one, ids are unique. What is made with any of them is accepted, so that a new key can be brought in everywhere first
 * @param activeKeyId the key that adverts are made with
 * @param antiReplay which clock the stamps come from
 * @param timeWindow how far a stamp may be off, 1 to 300 s; zero for 3 intervals but at least 5 s
 * @param mode how strict, for bringing it in without a gap
 */
public record HmacAuthentication(
        List<Key> keys, int activeKeyId, AntiReplay antiReplay, Duration timeWindow, Mode mode) {
    /** Which clock stamps come from. */
    public enum AntiReplay {
        /** The time of day: stamps outside the window are stale. All clocks must agree. */
        TIME,
        /** A clock that only rises: each peer's stamps must rise. */
        MONOTONIC
    }

    /** How strict. */
    public enum Mode {
        /** What has no valid trailer is dropped. */
        ENFORCE,
        /** Adverts have a trailer; without one they are accepted all the same, with a wrong one they are not. */
        PERMISSIVE,
        /** As permissive, but our own adverts have none yet. */
        RECEIVE_ONLY
    }

    /**
     * A secret.
     *
     * @param id 1 to 255
     * @param hex 32 to 64 bytes, in hexadecimal
     */
    public record Key(int id, String hex) {
        public Key {
            if (id < 1 || id > 255) {
                throw new IllegalArgumentException("key id is " + id + ", expected 1 to 255");
            }
            int bytes;
            try {
                bytes = HexFormat.of().parseHex(hex).length;
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("key " + id + " is not hexadecimal", wrong);
            }
            if (bytes < 32 || bytes > 64) {
                throw new IllegalArgumentException("key " + id + " has " + bytes + " bytes, expected 32 to 64");
            }
        }

        /** The secret. A new array each time. */
        public byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        /** Says nothing of the secret. */
        @Override
        public String toString() {
            return "Key[id=" + id + "]";
        }
    }

    public HmacAuthentication {
        keys = List.copyOf(keys);
        Objects.requireNonNull(antiReplay, "antiReplay");
        Objects.requireNonNull(mode, "mode");
        int active = activeKeyId;
        if (keys.stream().noneMatch(key -> key.id() == active)) {
            throw new IllegalArgumentException("there is no key " + activeKeyId + " to make adverts with");
        }
        if (keys.stream().map(Key::id).distinct().count() != keys.size()) {
            throw new IllegalArgumentException("two keys have the same id");
        }
        if (!timeWindow.isZero()
                && (timeWindow.compareTo(Duration.ofSeconds(1)) < 0
                        || timeWindow.compareTo(Duration.ofSeconds(300)) > 0)) {
            throw new IllegalArgumentException("timeWindow is " + timeWindow + ", expected 1 to 300 s");
        }
    }

    /** One key, enforced, by the time of day, with the usual window. */
    public static HmacAuthentication of(Key key) {
        return new HmacAuthentication(List.of(key), key.id(), AntiReplay.TIME, Duration.ZERO, Mode.ENFORCE);
    }

    /** The window that holds for routers with this interval. */
    public Duration window(Duration advertInterval) {
        if (!timeWindow.isZero()) {
            return timeWindow;
        }
        var three = advertInterval.multipliedBy(3);
        return three.compareTo(Duration.ofSeconds(5)) < 0 ? Duration.ofSeconds(5) : three;
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.HmacAuthentication;
import java.time.Duration;
import java.util.List;

/** {@link HmacAuthentication}. */
final class HmacSection extends Section<HmacAuthentication> {
    private final Key<HmacAuthentication, List<HmacAuthentication.Key>> secrets = required(
            "keys",
            Forms.list(new SecretSection()),
            HmacAuthentication::keys,
            "What is made with any of them is accepted, so that a new one can be brought in everywhere first.");
    private final Key<HmacAuthentication, Integer> activeKeyId = derived(
            "activeKeyId",
            Forms.whole(1, 255),
            HmacAuthentication::activeKeyId,
            hmac -> hmac.keys().getFirst().id(),
            "the first one's",
            "The key that adverts are made with.");
    private final Key<HmacAuthentication, HmacAuthentication.AntiReplay> antiReplay = optional(
            "antiReplay",
            Forms.word(HmacAuthentication.AntiReplay.class),
            HmacAuthentication::antiReplay,
            HmacAuthentication.AntiReplay.TIME,
            "Where stamps come from: the time of day, on which all must agree, or a clock that only rises.");
    private final Key<HmacAuthentication, Duration> timeWindow = optional(
            "timeWindow",
            Forms.time(),
            HmacAuthentication::timeWindow,
            Duration.ZERO,
            "How far a stamp may be off, `1s` to `300s`; `0s` for 3 intervals but at least 5 s.");
    private final Key<HmacAuthentication, HmacAuthentication.Mode> mode = optional(
            "mode",
            Forms.word(HmacAuthentication.Mode.class),
            HmacAuthentication::mode,
            HmacAuthentication.Mode.ENFORCE,
            "How strict: for bringing it in router by router.");

    HmacSection() {
        super("advert trailer");
    }

    @Override
    HmacAuthentication make(Values values) {
        var keys = values.get(secrets);
        return new HmacAuthentication(
                keys,
                values.or(activeKeyId, keys.isEmpty() ? 0 : keys.getFirst().id()),
                values.or(antiReplay, HmacAuthentication.AntiReplay.TIME),
                values.or(timeWindow, Duration.ZERO),
                values.or(mode, HmacAuthentication.Mode.ENFORCE));
    }

    /** {@link HmacAuthentication.Key}. */
    static final class SecretSection extends Section<HmacAuthentication.Key> {
        private final Key<HmacAuthentication.Key, Integer> id =
                required("id", Forms.whole(1, 255), HmacAuthentication.Key::id, "Its number, which adverts carry.");
        private final Key<HmacAuthentication.Key, String> hex =
                required("hex", Forms.text(), HmacAuthentication.Key::hex, "32 to 64 bytes in hexadecimal.");

        SecretSection() {
            super("advert key");
        }

        @Override
        HmacAuthentication.Key make(Values values) {
            return new HmacAuthentication.Key(values.get(id), values.get(hex));
        }
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.http.RateLimit;
import io.steelyard.api.text.Template;

/** {@link RateLimit.Zone}. */
final class RateZoneSection extends Section<RateLimit.Zone> {
    private final Key<RateLimit.Zone, Template> key = required(
            "key",
            TemplateForm.template(),
            RateLimit.Zone::key,
            "What is counted apart, such as `$remote_addr`; a request whose key is empty is not counted.");
    private final Key<RateLimit.Zone, Integer> capacity = required(
            "capacity",
            Forms.whole(1, Integer.MAX_VALUE),
            RateLimit.Zone::capacity,
            "How many keys are remembered; the one asked for least recently is forgotten for a new one.");
    private final Key<RateLimit.Zone, Integer> requestsPerMinute = required(
            "requestsPerMinute",
            Forms.whole(1, Integer.MAX_VALUE),
            RateLimit.Zone::requestsPerMinute,
            "Requests of a key let through each minute, evenly spread: 60 lets one through each second.");

    RateZoneSection() {
        super("rate zone");
    }

    @Override
    RateLimit.Zone make(Values values) {
        return new RateLimit.Zone(values.name(), values.get(key), values.get(capacity), values.get(requestsPerMinute));
    }
}

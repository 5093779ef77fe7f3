package io.steelyard.config.yaml;

import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.text.Template;

/** {@link ConnectionLimit.Zone}. */
final class LimitZoneSection extends Section<ConnectionLimit.Zone> {
    private final Key<ConnectionLimit.Zone, Template> key = required(
            "key",
            TemplateForm.template(),
            ConnectionLimit.Zone::key,
            "What is counted apart, such as `$remote_addr`; a connection whose key is empty or longer than 255 bytes is not counted.");
    private final Key<ConnectionLimit.Zone, Integer> capacity = required(
            "capacity",
            Forms.whole(1, Integer.MAX_VALUE),
            ConnectionLimit.Zone::capacity,
            "How many keys have connections at once; a connection of one more key is closed.");

    LimitZoneSection() {
        super("limit zone");
    }

    @Override
    ConnectionLimit.Zone make(Values values) {
        return new ConnectionLimit.Zone(values.name(), values.get(key), values.get(capacity));
    }
}

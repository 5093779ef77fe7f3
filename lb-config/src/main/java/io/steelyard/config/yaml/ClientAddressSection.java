package io.steelyard.config.yaml;

import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.proxy.Network;
import java.util.List;

/** {@link ClientAddressRule}. */
final class ClientAddressSection extends Section<ClientAddressRule> {
    private final Key<ClientAddressRule, List<Network>> trusted = required(
            "trusted",
            Forms.list(Forms.parsed("network", Network::parse, Network::text)),
            ClientAddressRule::trusted,
            "The peers whose word is taken: addresses, or networks such as `10.0.0.0/8`.");
    private final Key<ClientAddressRule, String> field = optional(
            "field",
            Forms.text(),
            ClientAddressRule::field,
            "x-real-ip",
            "The header field that tells the client; empty where the PROXY protocol does.");
    private final Key<ClientAddressRule, Boolean> recursive = optional(
            "recursive",
            Forms.flag(),
            ClientAddressRule::isRecursive,
            false,
            "Whether addresses of trusted peers in the field are passed over, from the last to the first.");

    ClientAddressSection() {
        super("client address");
    }

    @Override
    ClientAddressRule make(Values values) {
        return new ClientAddressRule(values.get(trusted), values.or(field, "x-real-ip"), values.or(recursive, false));
    }
}

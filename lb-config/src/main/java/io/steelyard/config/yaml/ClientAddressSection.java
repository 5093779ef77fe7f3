package io.steelyard.config.yaml;

import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.ClientAddressRule.Unreadable;
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

    private final Key<ClientAddressRule, Unreadable> unreadable = optional(
            "unreadable",
            Forms.word(Unreadable.class),
            ClientAddressRule::unreadable,
            Unreadable.LAST,
            "What holds where a trusted peer tells something that is no address: the last one read, as nginx has it; the peer; or the request is "
                    + "rejected with 400. With the latter two trusted addresses are always passed over, and `field` may be `forwarded`.");

    ClientAddressSection() {
        super("client address");
    }

    @Override
    ClientAddressRule make(Values values) {
        return new ClientAddressRule(
                values.get(trusted),
                values.or(field, "x-real-ip"),
                values.or(recursive, false),
                values.or(unreadable, Unreadable.LAST));
    }
}

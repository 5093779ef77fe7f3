package io.steelyard.config.nginx;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.config.nginx.grammar.Directive;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code set_real_ip_from}: networks, addresses, and names, which stand for the addresses that they have when the file is read. */
final class TrustedNetworks {
    /** What clients on UNIX sockets count as. */
    static final String UNIX_CLIENTS = "::/128";

    private static final String FORM = "an address, address/prefix, host name or unix:";

    private final Findings findings;
    private final HostAddresses hosts;

    TrustedNetworks(Findings findings, HostAddresses hosts) {
        this.findings = findings;
        this.hosts = hosts;
    }

    /** The networks of all of them, in their order; what is wrong with one is told. */
    List<Network> read(List<Directive> directives) {
        var networks = new ArrayList<Network>();
        for (var directive : directives) {
            var word = directive.argument(0);
            if (word.text().equals("unix:")) {
                networks.add(Network.parse(UNIX_CLIENTS));
                continue;
            }
            try {
                networks.addAll(networks(word.text()));
            } catch (UnknownHostException unknown) {
                findings.error(
                        word.position(), "the host name '" + word + "' in 'set_real_ip_from' has no address", FORM, "");
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, FORM);
            }
        }
        return networks;
    }

    private List<Network> networks(String text) throws UnknownHostException {
        try {
            return List.of(Network.parse(text));
        } catch (IllegalArgumentException noNetwork) {
            if (text.indexOf('/') >= 0 || text.indexOf(':') >= 0) {
                throw noNetwork;
            }
            // Made for its check of what a host name may be, before anybody is asked for it.
            var name = new ServerAddress.Name(text, 1);
            return hosts.of(name.host()).stream()
                    .distinct()
                    .map(TrustedNetworks::only)
                    .toList();
        }
    }

    private static Network only(InetAddress address) {
        return Network.parse(address.getHostAddress().replaceFirst("%.*$", ""));
    }
}

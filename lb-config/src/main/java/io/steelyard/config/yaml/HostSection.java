package io.steelyard.config.yaml;

import io.steelyard.api.http.HostName;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.tls.TlsServer;
import java.util.List;

/** {@link VirtualHost}. */
final class HostSection extends Section<VirtualHost> {
    private final Key<VirtualHost, List<HostName>> names = optional(
            "names",
            Forms.list(Forms.parsed("host name", HostName::parse, HostName::written)),
            VirtualHost::names,
            List.of(),
            "What it is asked for by: `example.com`, `\"*.example.com\"`, `www.example.*`, `~^www\\d+\\.` for a regular expression, `\"\"` "
                    + "for requests without a host. An exact name wins, then the longest suffix, the longest prefix, the first "
                    + "expression.");
    private final Key<VirtualHost, Boolean> isDefault = optional(
            "default",
            Forms.flag(),
            VirtualHost::isDefault,
            false,
            "Whether it serves requests for hosts that nobody has.");
    private final Key<VirtualHost, HttpClientOptions> client = optional(
            "client",
            new HttpClientSection(),
            VirtualHost::client,
            HttpClientOptions.defaults(),
            "How its clients' connections are treated.");
    private final Key<VirtualHost, TlsServer> tls = absent(
            "tls",
            new TlsServerSection(),
            VirtualHost::tls,
            "the virtual server's",
            "How TLS is spoken with clients that ask for it by name.");
    private final Key<VirtualHost, HttpRoute> root = required(
            "root",
            new RouteSection(),
            VirtualHost::root,
            "What holds for every request, and the routes for some of them.");

    HostSection() {
        super("host");
    }

    @Override
    VirtualHost make(Values values) {
        return new VirtualHost(
                values.name(),
                values.or(names, List.of()),
                values.or(isDefault, false),
                values.or(client, HttpClientOptions.defaults()),
                values.find(tls),
                values.get(root));
    }
}

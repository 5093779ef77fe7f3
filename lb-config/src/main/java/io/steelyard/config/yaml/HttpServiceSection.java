package io.steelyard.config.yaml;

import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import java.util.List;

/** {@link HttpService}. */
final class HttpServiceSection extends Section<HttpService> {
    private final Key<HttpService, List<VirtualHost>> hosts = required(
            "hosts",
            Forms.named(new HostSection(), VirtualHost::name),
            HttpService::hosts,
            "The sites, by name. The first that is the default, else the first of all, serves requests for hosts that nobody has.");

    HttpServiceSection() {
        super("http service");
    }

    @Override
    HttpService make(Values values) {
        return new HttpService(values.get(hosts));
    }
}

package io.steelyard.api.http;

import io.steelyard.api.tls.TlsServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A site: the names it is asked for by, and what is done with its requests.
 *
 * @param name for messages; unique within a service
 * @param names none for one that only serves as the default
 * @param isDefault whether it serves requests whose host nobody has
 * @param client how its clients' connections are treated; until a request's host is known, the default host's hold
 * @param tls how TLS is spoken with clients that ask for it by name, at addresses that have TLS; absent for what the virtual server says
 * @param root holds for every request; its nested routes are tried in nginx's order
 */
public record VirtualHost(
        String name,
        List<HostName> names,
        boolean isDefault,
        HttpClientOptions client,
        Optional<TlsServer> tls,
        HttpRoute root) {
    public VirtualHost {
        Objects.requireNonNull(name, "name");
        names = List.copyOf(names);
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(root, "root");
    }

    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<HostName> names = new ArrayList<>();
        private boolean isDefault;
        private HttpClientOptions client = HttpClientOptions.defaults();
        private Optional<TlsServer> tls = Optional.empty();
        private HttpRoute root = HttpRoute.builder("/").build();

        private Builder(String name) {
            this.name = name;
        }

        /** Adds a name as {@link HostName#parse} reads it. */
        public Builder hostName(String text) {
            return hostName(HostName.parse(text));
        }

        public Builder hostName(HostName value) {
            names.add(value);
            return this;
        }

        public Builder isDefault(boolean value) {
            isDefault = value;
            return this;
        }

        public Builder client(HttpClientOptions value) {
            client = value;
            return this;
        }

        public Builder tls(TlsServer value) {
            tls = Optional.of(value);
            return this;
        }

        public Builder root(HttpRoute value) {
            root = value;
            return this;
        }

        public VirtualHost build() {
            return new VirtualHost(name, names, isDefault, client, tls, root);
        }
    }
}

package io.steelyard.api.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A site: the names it is asked for by, and what is done with its requests.
 *
 * @param name for messages; unique within a service
 * @param names none for one that only serves as the default
 * @param isDefault whether it serves requests whose host nobody has
 * @param client how its clients' connections are treated; until a request's host is known, the default host's hold
 * @param root holds for every request; its nested routes are tried in nginx's order
 */
public record VirtualHost(
        String name, List<HostName> names, boolean isDefault, HttpClientOptions client, HttpRoute root) {
    public VirtualHost {
        Objects.requireNonNull(name, "name");
        names = List.copyOf(names);
        Objects.requireNonNull(client, "client");
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

        public Builder root(HttpRoute value) {
            root = value;
            return this;
        }

        public VirtualHost build() {
            return new VirtualHost(name, names, isDefault, client, root);
        }
    }
}

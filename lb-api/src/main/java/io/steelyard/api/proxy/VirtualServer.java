package io.steelyard.api.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Addresses offered to clients, and the pool that serves them. Immutable.
 *
 * @param name unique within a configuration
 * @param protocol TCP or UDP
 * @param listen at least one address
 * @param forwardingMode how traffic gets to a server
 * @param pool the name of the pool
 * @param options how it is proxied
 * @param access who may connect, the first rule that matches deciding; everybody where none matches
 */
public record VirtualServer(
        String name,
        Protocol protocol,
        List<ListenAddress> listen,
        ForwardingMode forwardingMode,
        String pool,
        ProxyOptions options,
        List<AccessRule> access) {
    public VirtualServer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(protocol, "protocol");
        listen = List.copyOf(listen);
        Objects.requireNonNull(forwardingMode, "forwardingMode");
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(options, "options");
        access = List.copyOf(access);
        if (listen.isEmpty()) {
            throw new IllegalArgumentException(
                    "virtual server " + name + " listens nowhere; give it at least one address");
        }
    }

    public static Builder tcp(String name) {
        return new Builder(name, Protocol.TCP);
    }

    public static Builder udp(String name) {
        return new Builder(name, Protocol.UDP);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String name;
        private final Protocol protocol;
        private final List<ListenAddress> listen = new ArrayList<>();
        private final List<AccessRule> access = new ArrayList<>();
        private ForwardingMode forwardingMode = new ForwardingMode.Proxy();
        private String pool = "";
        private ProxyOptions options = ProxyOptions.defaults();

        private Builder(String name, Protocol protocol) {
            this.name = name;
            this.protocol = protocol;
        }

        /** Adds an address as {@link ListenAddress#parse} reads it. */
        public Builder listen(String address) {
            return listen(ListenAddress.parse(address));
        }

        public Builder listen(ListenAddress address) {
            listen.add(address);
            return this;
        }

        public Builder forwardingMode(ForwardingMode value) {
            forwardingMode = value;
            return this;
        }

        public Builder pool(String value) {
            pool = value;
            return this;
        }

        public Builder options(ProxyOptions value) {
            options = value;
            return this;
        }

        public Builder access(AccessRule rule) {
            access.add(rule);
            return this;
        }

        public VirtualServer build() {
            if (pool.isEmpty()) {
                throw new IllegalStateException("virtual server " + name + " has no pool; name one with pool(\"…\")");
            }
            return new VirtualServer(name, protocol, listen, forwardingMode, pool, options, access);
        }
    }
}

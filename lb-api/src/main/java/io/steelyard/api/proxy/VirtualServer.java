package io.steelyard.api.proxy;

import io.steelyard.api.http.HttpService;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.tls.TlsServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Addresses offered to clients, and what serves them. Immutable.
 *
 * @param name unique within a configuration
 * @param protocol TCP or UDP
 * @param listen at least one address
 * @param forwardingMode how traffic gets to a server
 * @param target what serves a connection: mostly a pool
 * @param options how it is proxied
 * @param tls how TLS is spoken with clients at addresses that have TLS; of HTTP, where the host asked for says nothing
 * @param access who may connect, the first rule that matches deciding; everybody where none matches
 * @param assignments variables given a value when a connection is accepted, in order
 * @param limits how many connections of one key there may be; each is asked
 * @param accessLogs what is written when a connection has ended
 * @param connectionRules what is done with a connection when it was accepted; of UDP there are none
 */
public record VirtualServer(
        String name,
        Protocol protocol,
        List<ListenAddress> listen,
        ForwardingMode forwardingMode,
        Target target,
        ProxyOptions options,
        Optional<TlsServer> tls,
        List<AccessRule> access,
        List<Assignment> assignments,
        List<ConnectionLimit> limits,
        List<AccessLog> accessLogs,
        List<ConnectionRule> connectionRules) {
    public VirtualServer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(protocol, "protocol");
        listen = List.copyOf(listen);
        Objects.requireNonNull(forwardingMode, "forwardingMode");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(tls, "tls");
        access = List.copyOf(access);
        assignments = List.copyOf(assignments);
        limits = List.copyOf(limits);
        accessLogs = List.copyOf(accessLogs);
        connectionRules = List.copyOf(connectionRules);
        if (protocol == Protocol.UDP && !connectionRules.isEmpty()) {
            throw new IllegalArgumentException(
                    "virtual server " + name + " speaks UDP, where there are no connectionRules; leave them out");
        }
        boolean hasHeader = listen.stream().anyMatch(ListenAddress::proxyProtocol)
                || options.sendProxyProtocol() != ProxyProtocol.NONE;
        if (protocol == Protocol.UDP && hasHeader) {
            throw new IllegalArgumentException(
                    "virtual server " + name
                            + " speaks UDP, where no PROXY protocol header is read or sent; leave out proxyProtocol and sendProxyProtocol");
        }
        boolean hasTls = listen.stream().anyMatch(ListenAddress::tls);
        if (protocol == Protocol.UDP && (hasTls || options.tls().isPresent())) {
            throw new IllegalArgumentException(
                    "virtual server " + name + " speaks UDP, where there is no TLS; leave out tls");
        }
        if (hasTls && tls.isEmpty() && !hasTlsHosts(target)) {
            throw new IllegalArgumentException(
                    "virtual server " + name
                            + " has TLS at an address and no certificate; give it tls with at least one, or leave tls out at the address");
        }
        if (protocol == Protocol.UDP && listen.stream().anyMatch(one -> one.descriptor() >= 0)) {
            throw new IllegalArgumentException(
                    "virtual server " + name + " speaks UDP, where no socket is inherited; leave out descriptor");
        }
        if (listen.isEmpty()) {
            throw new IllegalArgumentException(
                    "virtual server " + name + " listens nowhere; give it at least one address");
        }
    }

    private static boolean hasTlsHosts(Target target) {
        return target instanceof Target.Http http
                && http.service().hosts().stream().anyMatch(host -> host.tls().isPresent());
    }

    /** The name of the pool; empty where {@link #target()} is no {@link Target.Pool}. */
    public String pool() {
        return target instanceof Target.Pool pool ? pool.name() : "";
    }

    /** Starts with this virtual server's values. */
    public Builder toBuilder() {
        var builder = new Builder(name, protocol);
        builder.listen.addAll(listen);
        builder.access.addAll(access);
        builder.assignments.addAll(assignments);
        builder.limits.addAll(limits);
        builder.accessLogs.addAll(accessLogs);
        builder.connectionRules.addAll(connectionRules);
        builder.tls = tls;
        return builder.forwardingMode(forwardingMode).target(target).options(options);
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
        private final List<Assignment> assignments = new ArrayList<>();
        private final List<ConnectionLimit> limits = new ArrayList<>();
        private final List<AccessLog> accessLogs = new ArrayList<>();
        private final List<ConnectionRule> connectionRules = new ArrayList<>();
        private ForwardingMode forwardingMode = new ForwardingMode.Proxy();
        private Optional<Target> target = Optional.empty();
        private ProxyOptions options = ProxyOptions.defaults();
        private Optional<TlsServer> tls = Optional.empty();

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

        /** The pool that serves it. */
        public Builder pool(String name) {
            return target(new Target.Pool(name));
        }

        /** What is done with HTTP requests. */
        public Builder http(HttpService service) {
            return target(new Target.Http(service));
        }

        public Builder target(Target value) {
            target = Optional.of(value);
            return this;
        }

        public Builder options(ProxyOptions value) {
            options = value;
            return this;
        }

        public Builder tls(TlsServer value) {
            tls = Optional.of(value);
            return this;
        }

        public Builder access(AccessRule rule) {
            access.add(rule);
            return this;
        }

        public Builder assignment(Assignment value) {
            assignments.add(value);
            return this;
        }

        public Builder limit(ConnectionLimit value) {
            limits.add(value);
            return this;
        }

        public Builder accessLog(AccessLog value) {
            accessLogs.add(value);
            return this;
        }

        public Builder connectionRule(ConnectionRule value) {
            connectionRules.add(value);
            return this;
        }

        public VirtualServer build() {
            return new VirtualServer(
                    name,
                    protocol,
                    listen,
                    forwardingMode,
                    target.orElseThrow(() -> new IllegalStateException(
                            "virtual server " + name + " has no pool; name one with pool(\"…\")")),
                    options,
                    tls,
                    access,
                    assignments,
                    limits,
                    accessLogs,
                    connectionRules);
        }
    }
}

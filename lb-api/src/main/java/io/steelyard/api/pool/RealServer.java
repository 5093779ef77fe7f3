package io.steelyard.api.pool;

import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.tls.TlsClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One target of a pool: an address and how much it takes. Immutable.
 *
 * @param id names the server within its pool and keeps its counters, health and affinity over configuration changes; by default the
 *     address as written
 * @param name the server as written in the configuration; consistent hashes that must agree with another program hash it
 * @param address where it listens
 * @param weight its share, 0 to 65535; 0 takes no new flow except those affinity brings back
 * @param tier 0 for primary; a higher tier is used where no server of a lower one can serve (1 is a backup)
 * @param adminState what the operator wants
 * @param maxConnections how many flows at once; 0 for no limit
 * @param resumeConnections with {@link io.steelyard.api.Personality#LVS}: a full server takes flows again below this; 0 for 3/4 of the limit
 * @param maxFails passive failures until it is left alone; 0 for never (see {@link PassiveHealth.MaxFails})
 * @param failTimeout how long passive failures are counted and how long it is then left alone
 * @param slowStart how long its weight grows after it came up; zero for at once
 * @param healthChecks active checks of this server instead of its pool's; absent for the pool's, empty for none
 * @param sendProxyProtocol TCP: the header that connections to it begin with; NONE for what the virtual server says
 * @param checkProxyProtocol the header that active checks of it begin with (HAProxy {@code check-send-proxy})
 * @param tls how TLS is spoken with it; absent for what the virtual server or route says
 * @param publicUrl what its URLs begin with for clients that are sent to it themselves ({@link
 *     io.steelyard.api.http.Content.RedirectToPool}): {@code http} or {@code https}, a host, perhaps a port and a path, no slash at the end
 * @param stickyName what names it in cookies and routes of sticky clients (HAProxy {@code cookie}, nginx {@code route}); absent for what the
 *     rule that needs it says then. Printable ASCII without blank, comma, semicolon, {@code |} and {@code ~}
 * @param maxQueued with {@link io.steelyard.api.Personality#HAPROXY}: how many requests of its sticky clients wait for it while it is at its
 *     limit; 0 for as many as the pool's queue takes (HAProxy {@code maxqueue})
 * @param minConnections with {@link io.steelyard.api.Personality#HAPROXY} and {@link ServerPool#fullConnections}: the limit of an idle pool,
 *     which grows to {@code maxConnections} as the pool fills; 0 for a limit that does not change (HAProxy {@code minconn})
 * @param observation what failures of real traffic say to its active checks; absent for nothing
 * @param endsFlowsWhenDown whether its flows are ended when it goes DOWN or is disabled (HAProxy {@code on-marked-down shutdown-sessions})
 * @param endsBackupFlowsWhenUp whether flows on backups of its pool are ended when it comes UP, and is none itself (HAProxy {@code
 *     on-marked-up shutdown-backup-sessions})
 * @param nameLookup who is asked for the host name of {@code address}; absent for the system's resolver
 * @param labels anything a scheduler may read, such as {@code zone}
 */
public record RealServer(
        String id,
        String name,
        ServerAddress address,
        int weight,
        int tier,
        AdminState adminState,
        int maxConnections,
        int resumeConnections,
        int maxFails,
        Duration failTimeout,
        Duration slowStart,
        Optional<List<HealthCheckSpec>> healthChecks,
        ProxyProtocol sendProxyProtocol,
        ProxyProtocol checkProxyProtocol,
        Optional<TlsClient> tls,
        Optional<String> publicUrl,
        Optional<String> stickyName,
        int maxQueued,
        int minConnections,
        Optional<Observation> observation,
        boolean endsFlowsWhenDown,
        boolean endsBackupFlowsWhenUp,
        Optional<NameLookup> nameLookup,
        Map<String, String> labels) {
    /** The greatest weight. */
    public static final int MAX_WEIGHT = 65_535;

    private static final Pattern PUBLIC_URL = Pattern.compile(
            "https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*");

    public RealServer {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(adminState, "adminState");
        check(weight, 0, MAX_WEIGHT, "weight");
        check(tier, 0, 255, "tier");
        check(maxConnections, 0, Integer.MAX_VALUE, "maxConnections");
        check(resumeConnections, 0, Integer.MAX_VALUE, "resumeConnections");
        check(maxFails, 0, Integer.MAX_VALUE, "maxFails");
        if (failTimeout.isNegative() || slowStart.isNegative()) {
            throw new IllegalArgumentException("server " + id + ": a time is negative");
        }
        healthChecks = healthChecks.map(List::copyOf);
        Objects.requireNonNull(sendProxyProtocol, "sendProxyProtocol");
        Objects.requireNonNull(checkProxyProtocol, "checkProxyProtocol");
        Objects.requireNonNull(tls, "tls");
        publicUrl.ifPresent(RealServer::checkUrl);
        stickyName.ifPresent(RealServer::checkStickyName);
        check(maxQueued, 0, Integer.MAX_VALUE, "maxQueued");
        check(minConnections, 0, maxConnections, "minConnections");
        Objects.requireNonNull(observation, "observation");
        if (nameLookup.isPresent() && !(address instanceof ServerAddress.Name)) {
            throw new IllegalArgumentException("server " + id + " has a name lookup, but no host name");
        }
        labels = Map.copyOf(labels);
    }

    /** Whether it waits for an address, and takes no flow until it has one: {@link NameSlot}. */
    public boolean lacksAddress() {
        return nameLookup.flatMap(NameLookup::slot).isPresent();
    }

    private static void checkUrl(String url) {
        if (!PUBLIC_URL.matcher(url).matches()) {
            throw new IllegalArgumentException(
                    "'" + url
                            + "' is no public URL; expected such as https://a.example or http://a.example:8080/base, no slash at its end");
        }
    }

    private static void checkStickyName(String name) {
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 0x7F && "\",;|~\\".indexOf(c) < 0)) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' is no sticky name; expected printable ASCII without blank, quote, comma, semicolon, backslash, | and ~");
        }
    }

    private static void check(int value, int least, int most, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", expected " + least + " to " + most);
        }
    }

    /** A server with defaults: weight 1, primary, no limit. */
    public static RealServer of(String address) {
        return builder(address).build();
    }

    /**
     * Starts with the defaults.
     *
     * @throws IllegalArgumentException where {@code address} is not one {@link ServerAddress#parse(String)} reads
     */
    public static Builder builder(String address) {
        return new Builder(address, ServerAddress.parse(address));
    }

    /** Starts with the defaults and a name other than the address. */
    public static Builder builder(String name, ServerAddress address) {
        return new Builder(name, address);
    }

    /** Starts with this server's values. */
    public Builder toBuilder() {
        var builder = new Builder(name, address)
                .id(id)
                .weight(weight)
                .tier(tier)
                .adminState(adminState)
                .maxConnections(maxConnections)
                .resumeConnections(resumeConnections)
                .maxFails(maxFails)
                .failTimeout(failTimeout)
                .slowStart(slowStart)
                .sendProxyProtocol(sendProxyProtocol)
                .checkProxyProtocol(checkProxyProtocol)
                .maxQueued(maxQueued)
                .minConnections(minConnections)
                .endsFlowsWhenDown(endsFlowsWhenDown)
                .endsBackupFlowsWhenUp(endsBackupFlowsWhenUp)
                .labels(labels);
        observation.ifPresent(builder::observation);
        nameLookup.ifPresent(builder::nameLookup);
        stickyName.ifPresent(builder::stickyName);
        healthChecks.ifPresent(builder::healthChecks);
        tls.ifPresent(builder::tls);
        publicUrl.ifPresent(builder::publicUrl);
        return builder;
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String name;
        private ServerAddress address;
        private String id;
        private int weight = 1;
        private int tier;
        private AdminState adminState = AdminState.ENABLED;
        private int maxConnections;
        private int resumeConnections;
        private int maxFails = 1;
        private Duration failTimeout = Duration.ofSeconds(10);
        private Duration slowStart = Duration.ZERO;
        private Optional<List<HealthCheckSpec>> healthChecks = Optional.empty();
        private ProxyProtocol sendProxyProtocol = ProxyProtocol.NONE;
        private ProxyProtocol checkProxyProtocol = ProxyProtocol.NONE;
        private Optional<TlsClient> tls = Optional.empty();
        private Optional<String> publicUrl = Optional.empty();
        private Optional<String> stickyName = Optional.empty();
        private int maxQueued;
        private int minConnections;
        private Optional<Observation> observation = Optional.empty();
        private boolean endsFlowsWhenDown;
        private boolean endsBackupFlowsWhenUp;
        private Optional<NameLookup> nameLookup = Optional.empty();
        private Map<String, String> labels = Map.of();

        private Builder(String name, ServerAddress address) {
            this.name = name;
            this.address = address;
            this.id = name;
        }

        public Builder id(String id) {
            this.id = id;
            return this;
        }

        /** Another address; one without a host name has no {@link #nameLookup} either. */
        public Builder address(ServerAddress address) {
            this.address = address;
            if (!(address instanceof ServerAddress.Name)) {
                nameLookup = Optional.empty();
            }
            return this;
        }

        public Builder weight(int weight) {
            this.weight = weight;
            return this;
        }

        /** Used only where no primary server can serve: tier 1. */
        public Builder backup() {
            return tier(1);
        }

        public Builder tier(int tier) {
            this.tier = tier;
            return this;
        }

        public Builder adminState(AdminState adminState) {
            this.adminState = adminState;
            return this;
        }

        public Builder maxConnections(int maxConnections) {
            this.maxConnections = maxConnections;
            return this;
        }

        public Builder resumeConnections(int resumeConnections) {
            this.resumeConnections = resumeConnections;
            return this;
        }

        public Builder maxFails(int maxFails) {
            this.maxFails = maxFails;
            return this;
        }

        public Builder failTimeout(Duration failTimeout) {
            this.failTimeout = failTimeout;
            return this;
        }

        public Builder slowStart(Duration slowStart) {
            this.slowStart = slowStart;
            return this;
        }

        public Builder healthChecks(List<HealthCheckSpec> healthChecks) {
            this.healthChecks = Optional.of(healthChecks);
            return this;
        }

        public Builder sendProxyProtocol(ProxyProtocol sendProxyProtocol) {
            this.sendProxyProtocol = sendProxyProtocol;
            return this;
        }

        public Builder checkProxyProtocol(ProxyProtocol checkProxyProtocol) {
            this.checkProxyProtocol = checkProxyProtocol;
            return this;
        }

        public Builder tls(TlsClient tls) {
            this.tls = Optional.of(tls);
            return this;
        }

        public Builder publicUrl(String publicUrl) {
            this.publicUrl = Optional.of(publicUrl);
            return this;
        }

        public Builder stickyName(String stickyName) {
            this.stickyName = Optional.of(stickyName);
            return this;
        }

        public Builder maxQueued(int maxQueued) {
            this.maxQueued = maxQueued;
            return this;
        }

        public Builder minConnections(int minConnections) {
            this.minConnections = minConnections;
            return this;
        }

        public Builder observation(Observation observation) {
            this.observation = Optional.of(observation);
            return this;
        }

        public Builder endsFlowsWhenDown(boolean value) {
            endsFlowsWhenDown = value;
            return this;
        }

        public Builder endsBackupFlowsWhenUp(boolean value) {
            endsBackupFlowsWhenUp = value;
            return this;
        }

        public Builder nameLookup(NameLookup value) {
            nameLookup = Optional.of(value);
            return this;
        }

        public Builder labels(Map<String, String> labels) {
            this.labels = labels;
            return this;
        }

        public RealServer build() {
            return new RealServer(
                    id,
                    name,
                    address,
                    weight,
                    tier,
                    adminState,
                    maxConnections,
                    resumeConnections,
                    maxFails,
                    failTimeout,
                    slowStart,
                    healthChecks,
                    sendProxyProtocol,
                    checkProxyProtocol,
                    tls,
                    publicUrl,
                    stickyName,
                    maxQueued,
                    minConnections,
                    observation,
                    endsFlowsWhenDown,
                    endsBackupFlowsWhenUp,
                    nameLookup,
                    labels);
        }
    }
}

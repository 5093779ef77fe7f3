package io.steelyard.core.session;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.pool.limit.LimitZones;
import io.steelyard.pool.limit.RateZones;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.pool.variable.VariableTable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of all virtual servers share: variables, limit zones, log files. Owned by the control thread, except {@link #reopenLogs}.
 */
public final class Sessions implements AutoCloseable {
    private static final AtomicLong SERIAL = new AtomicLong();
    private static final ConnectionFacts.Host HOST =
            new ConnectionFacts.Host(hostName(), ProcessHandle.current().pid(), version(), ZoneId.systemDefault());

    private final LogFiles files;
    private final VariableTable.Languages languages;
    private VariableTable variables = VariableTable.of(List.of());
    private LimitZones zones = LimitZones.of(List.of(), variables);
    private RateZones rateZones = RateZones.of(List.of(), variables);

    private StickTables stickTables = StickTables.of(List.of());

    /** Without any language for {@linkplain io.steelyard.api.text.VariableDefinition.Computed computed} variables. */
    public Sessions(Consumer<Event> events) {
        this(events, name -> Optional.empty());
    }

    public Sessions(Consumer<Event> events, VariableTable.Languages languages) {
        this.languages = languages;
        files = new LogFiles(events, HOST.hostName());
    }

    /**
     * Takes over the variables and zones of a configuration; rules made before keep theirs.
     *
     * @return sets back what was before
     */
    public Runnable change(Configuration changed) {
        var variablesBefore = variables;
        var zonesBefore = zones;
        var rateZonesBefore = rateZones;
        var stickTablesBefore = stickTables;
        variables = VariableTable.of(changed.variables(), languages);
        stickTables = stickTables.successor(changed.stickTables());
        zones = zones.successor(changed.limitZones(), variables);
        rateZones = rateZones.successor(changed.rateZones(), variables);
        return () -> {
            variables = variablesBefore;
            zones = zonesBefore;
            rateZones = rateZonesBefore;
            stickTables = stickTablesBefore;
        };
    }

    /** The rules of a virtual server; empty where it has none, and each connection may do without a {@link Session}. */
    public Optional<SessionRules> rules(VirtualServer server, ForwarderContext context) {
        return SessionRules.isNeeded(server, context)
                ? Optional.of(new SessionRules(server, context, variables, zones, files, newGate(server, context)))
                : Optional.empty();
    }

    /** The rules that a virtual server's connections go through; null where there are none. */
    public @Nullable ConnectionGate gate(VirtualServer server, ForwarderContext context) {
        return server.connectionRules().isEmpty() ? null : newGate(server, context);
    }

    private ConnectionGate newGate(VirtualServer server, ForwarderContext context) {
        var pools = new HashMap<String, Balancer>();
        context.configuration().pools().forEach(pool -> pools.put(pool.name(), context.balancer(pool.name())));
        return new ConnectionGate(server.name(), server.connectionRules(), variables, stickTables, pools::get);
    }

    /** The facts of a new connection or UDP session, which gets the next serial number. Any thread. */
    public static ConnectionFacts facts(Protocol protocol) {
        return new ConnectionFacts(HOST, protocol, SERIAL.incrementAndGet());
    }

    /** The variables of the configuration that is being applied. */
    public VariableTable variables() {
        return variables;
    }

    /** The zones of the configuration that is being applied. */
    public LimitZones zones() {
        return zones;
    }

    /** Where requests are counted in the configuration that is being applied. */
    public RateZones rateZones() {
        return rateZones;
    }

    /** Where clients' servers are remembered in the configuration that is being applied. */
    public StickTables stickTables() {
        return stickTables;
    }

    /** Where log lines are written. Any thread may use it. */
    public LogFiles logs() {
        return files;
    }

    /** Closes the logs; the next line opens them again by name. Any thread. */
    public void reopenLogs() {
        files.reopen();
    }

    /** Writes what is waiting and closes the logs. */
    @Override
    public void close() {
        files.close();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            return "localhost";
        }
    }

    private static String version() {
        var version = Sessions.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }
}

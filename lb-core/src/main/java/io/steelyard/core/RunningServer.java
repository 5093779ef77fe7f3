package io.steelyard.core;

import io.steelyard.api.Status;
import io.steelyard.api.http.BrokenMessage;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.proxy.VirtualServer;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A virtual server and what carries its traffic. Owned by the control thread. */
final class RunningServer {
    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);

    private final ForwarderProvider provider;
    private final Forwarder forwarder;
    private VirtualServer server;
    private boolean isRetiring;
    private boolean isPaused;

    RunningServer(ForwarderProvider provider, VirtualServer server, Forwarder forwarder) {
        this.provider = provider;
        this.server = server;
        this.forwarder = forwarder;
    }

    ForwarderProvider provider() {
        return provider;
    }

    VirtualServer server() {
        return server;
    }

    void apply(VirtualServer changed) throws IOException {
        forwarder.apply(changed, !isPaused);
        server = changed;
    }

    /** Goes back to what ran before, as part of undoing; a listener that cannot be opened again is the one thing that stays lost. */
    void applyAgain(VirtualServer before) {
        try {
            apply(before);
        } catch (IOException lost) {
            LOG.error("virtual server {} could not be set back: {}", before.name(), lost.getMessage());
        }
    }

    /** Listens, or gives its addresses up, until it is told otherwise; changes of configuration do not change that. */
    void accepting(boolean isOn) throws IOException {
        forwarder.apply(server, isOn);
        isPaused = !isOn;
    }

    /** Whether it takes new flows. */
    boolean isAccepting() {
        return !isRetiring && !isPaused;
    }

    void cutFlows(String pool, String serverId) {
        forwarder.cutFlows(pool, serverId);
    }

    void endFlows(String pool, String serverId, Forwarder.Ending why) {
        forwarder.endFlows(pool, serverId, why);
    }

    List<OpenFlow> flows() {
        return forwarder.flows();
    }

    List<BrokenMessage> brokenMessages() {
        return forwarder.brokenMessages();
    }

    boolean endFlow(long id) {
        return forwarder.endFlow(id);
    }

    void stopAccepting() {
        isRetiring = true;
        forwarder.stopAccepting();
    }

    boolean isRetiring() {
        return isRetiring;
    }

    int openFlows() {
        return forwarder.openFlows();
    }

    Status.ListenerStatus status() {
        return new Status.ListenerStatus(
                server.name(),
                server.pool(),
                server.listen().stream().map(ListenAddress::text).toList(),
                forwarder.openFlows(),
                forwarder.acceptedFlows(),
                forwarder.refusedFlows(),
                forwarder.traffic(),
                forwarder.drops(),
                isPaused);
    }

    void close() {
        forwarder.close();
    }
}

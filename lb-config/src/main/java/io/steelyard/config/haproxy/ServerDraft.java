package io.steelyard.config.haproxy;

import io.steelyard.api.pool.Observation;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.config.haproxy.grammar.Word;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The parameters of a server, as far as they were read. {@code default-server} changes the one that later servers begin as. One thread. */
final class ServerDraft implements Cloneable {
    ServerTls tls;

    /** How its name is looked up. */
    NameParameters names = new NameParameters();

    int weight = 1;
    boolean isChecked;
    Duration interval = Duration.ofSeconds(2);
    Duration fastInterval = Duration.ZERO;
    Duration downInterval = Duration.ZERO;
    int rise = 2;
    int fall = 3;
    int checkPort;

    @Nullable
    InetAddress checkAddress;

    boolean isBackup;
    boolean isDisabled;
    int maxConnections;
    int minConnections;
    int maxQueued;

    /** What real traffic is looked at for; null for nothing. */
    Observation.@Nullable Layer observed;

    int errorLimit = Observation.DEFAULT_ERROR_LIMIT;
    Observation.Reaction onError = Observation.Reaction.FAILED_PROBE;
    boolean endsFlowsWhenDown;
    boolean endsBackupFlowsWhenUp;

    /** Whether an agent is asked. */
    boolean hasAgent;

    int agentPort;

    @Nullable
    InetAddress agentAddress;

    /** Zero for that of checks. */
    Duration agentInterval = Duration.ZERO;

    String agentSend = "";

    /** What connections begin with. */
    ProxyProtocol header = ProxyProtocol.NONE;

    /** Whether checks of another address or port begin with it too. */
    boolean isHeaderChecked;

    Duration slowStart = Duration.ZERO;

    /** What checks begin with (HAProxy 2.6, configuration manual 5.2, {@code check-send-proxy}): the first version where it has none itself. */
    ProxyProtocol checkHeader() {
        boolean isElsewhere = checkPort != 0 || checkAddress != null;
        if (isHeaderChecked && header == ProxyProtocol.NONE) {
            return ProxyProtocol.V1;
        }
        return isHeaderChecked || !isElsewhere ? header : ProxyProtocol.NONE;
    }

    /** Its number, which nothing uses. */
    @Nullable
    Word number;

    /** What stands for it in cookies. */
    @Nullable
    Word cookie;

    /** What URLs begin with that clients are sent to. */
    @Nullable
    Word redirection;

    /** The server whose health it has, as {@code [backend/]server}. */
    @Nullable
    Word tracked;

    ServerDraft(TlsDefaults defaults) {
        tls = new ServerTls(defaults);
    }

    @Override
    public ServerDraft clone() {
        try {
            var copy = (ServerDraft) super.clone();
            copy.tls = tls.clone();
            copy.names = names.clone();
            return copy;
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}

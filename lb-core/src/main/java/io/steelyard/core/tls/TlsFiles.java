package io.steelyard.core.tls;

import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsServer;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Reads what configurations name, for all virtual servers of an engine. Used by the control thread. */
public final class TlsFiles implements AutoCloseable {
    private final TicketKeys tickets = new TicketKeys();
    private final Consumer<String> trouble;

    /** @param trouble is told of certificates past their time */
    public TlsFiles(Consumer<String> trouble) {
        this.trouble = trouble;
    }

    /**
     * Reads the files of TLS with clients.
     *
     * @param spoken what is spoken over TLS, by preference, where the configuration names nothing itself
     * @param refusesOthers whether clients that name protocols, and none of these, are refused (RFC 7301 section 3.2, as nginx since 1.21.4);
     *     otherwise they are served as if they had named none (HAProxy)
     */
    public TlsAcceptor acceptor(TlsServer server, List<String> spoken, boolean refusesOthers) throws IOException {
        var read = TlsAcceptor.of(server, spoken, refusesOthers, tickets);
        read.warnings().forEach(trouble);
        return read;
    }

    /** Reads the files of TLS with servers. */
    public TlsConnector connector(TlsClient client) throws IOException {
        var read = TlsConnector.of(client);
        read.warnings().forEach(trouble);
        return read;
    }

    /** Nothing of it stays open. */
    @Override
    public void close() {}
}

package io.steelyard.core.tls;

import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.core.ocsp.Stapling;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Reads what configurations name, for all virtual servers of an engine. Used by the control thread. */
public final class TlsFiles implements AutoCloseable {
    private final TicketKeys tickets = new TicketKeys();
    private final Consumer<String> trouble;
    private final Stapling stapling;

    /** @param trouble is told of certificates past their time, and of those whose status cannot be fetched; on any thread */
    public TlsFiles(Consumer<String> trouble) {
        this.trouble = trouble;
        stapling = new Stapling(trouble);
    }

    /**
     * Reads the files of TLS with clients.
     *
     * @param spoken what is spoken over TLS, by preference, where the configuration names nothing itself
     * @param refusesOthers whether clients that name protocols, and none of these, are refused (RFC 7301 section 3.2, as nginx since 1.21.4);
     *     otherwise they are served as if they had named none (HAProxy)
     */
    public TlsAcceptor acceptor(TlsServer server, List<String> spoken, boolean refusesOthers) throws IOException {
        var read = TlsAcceptor.of(server, spoken, refusesOthers, tickets, stapling);
        read.warnings().forEach(trouble);
        return read;
    }

    /** Reads the files of TLS with servers. */
    public TlsConnector connector(TlsClient client) throws IOException {
        var read = TlsConnector.of(client);
        read.warnings().forEach(trouble);
        return read;
    }

    /** Ends what fetches the status of certificates. */
    @Override
    public void close() {
        stapling.close();
    }
}

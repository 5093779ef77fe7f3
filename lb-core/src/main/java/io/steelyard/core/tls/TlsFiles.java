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
     */
    public TlsAcceptor acceptor(TlsServer server, List<String> spoken) throws IOException {
        var read = TlsAcceptor.of(server, spoken, tickets);
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

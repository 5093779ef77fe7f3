package io.steelyard.http.proxy;

import io.steelyard.core.loop.DataLoop;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;

/** What is done for clients once all events have been dealt with that the kernel told of together. Owned by the loop. */
final class RoundEnd implements Runnable {
    private static final Logger LOG = System.getLogger(RoundEnd.class.getName());

    private final DataLoop loop;
    private final List<Http2Client> clients = new ArrayList<>();

    RoundEnd(DataLoop loop) {
        this.loop = loop;
    }

    /** The client's round ends with this one; once for each time that it is added. */
    void add(Http2Client client) {
        if (clients.isEmpty()) {
            loop.execute(this);
        }
        clients.add(client);
    }

    @Override
    public void run() {
        // Those that come meanwhile are at the end.
        for (int i = 0; i < clients.size(); i++) {
            var client = clients.get(i);
            try {
                client.endRound();
            } catch (RuntimeException unexpected) {
                LOG.log(Logger.Level.ERROR, "a client's connection failed", unexpected);
                client.connection().reset();
            }
        }
        clients.clear();
    }
}

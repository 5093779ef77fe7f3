package io.steelyard.http.proxy;

import io.steelyard.core.tcp.PendingBuffers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives memory back when more is lent than the loop's budget: closes idle connections first, and then ends those for which most is kept, one after
 * the other until it is enough. Owned by the loop.
 */
final class Shedding {
    private final PendingBuffers buffers;

    Shedding(PendingBuffers buffers) {
        this.buffers = buffers;
    }

    /** @param clients the loop's connections */
    void shed(List<ClientConnection> clients) {
        for (var client : clients) {
            if (!buffers.isStrained()) {
                return;
            }
            if (client.isIdle()) {
                client.shed();
            }
        }
        var others = new ArrayList<>(clients);
        others.removeIf(ClientConnection::isClosed);
        others.sort(Comparator.comparingLong(ClientConnection::keptBytes).reversed());
        for (var client : others) {
            if (!buffers.isStrained()) {
                return;
            }
            client.shed();
        }
    }
}

package io.steelyard.http.proxy;

import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.realip.address.Endpoint;

/** Who asks and whom, as schedulers and servers are told of an exchange. Without state. */
final class RequestFlow {
    private RequestFlow() {}

    /** What is known of the request, for a pool to pick a server by; the loop's own. */
    static Flow of(Exchange exchange, Balancer pool) {
        var flow = exchange.client().worker().loop().flow().clear();
        var address = exchange.who().address();
        if (address != null) {
            flow.client(address, exchange.who().port());
        }
        exchange.client().fillDestination(flow);
        var key = exchange.plan().hashKey(pool.pool().name());
        if (key != null) {
            exchange.evaluation().fillKey(key, flow);
        }
        var routing = exchange.routing();
        return flow.priority(routing.priorityClass(), routing.priorityOffsetMs());
    }

    /** The client, as a server is told it. */
    static Endpoint client(Exchange exchange) {
        return exchange.who().clientEndpoint();
    }

    /** What the client spoke to, as a server is told it: where a header before us named the client, what that named. */
    static Endpoint destination(Exchange exchange) {
        var connection = exchange.facts().connection();
        var toldAddress = connection.destinationAddress();
        if (toldAddress != null && exchange.who().clientEndpoint().equals(connection.toldClient())) {
            return Endpoint.of(toldAddress, connection.destinationPort());
        }
        var flow = exchange.client().worker().loop().flow().clear();
        exchange.client().fillDestination(flow);
        if (!flow.hasDestinationAddress()) {
            return Endpoint.UNIX;
        }
        return Endpoint.of(flow.destinationHigh(), flow.destinationLow(), flow.destinationPort());
    }
}

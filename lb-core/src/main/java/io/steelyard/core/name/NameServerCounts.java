package io.steelyard.core.name;

import io.steelyard.api.NameServerStatus;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What became of the questions to one name server. Safe for all threads. */
final class NameServerCounts {
    private final LongAdder sent = new LongAdder();
    private final LongAdder valid = new LongAdder();
    private final LongAdder empty = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder silent = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** A question was sent. */
    void asked() {
        sent.increment();
    }

    /** The server said this; with neither, nothing. */
    void said(DnsClient.@Nullable Answer answer, @Nullable IOException failure) {
        if (answer != null) {
            var which = !answer.records().isEmpty() ? valid : answer.isKnown() ? empty : unknown;
            which.increment();
        } else if (failure == null) {
            silent.increment();
        } else {
            (failure instanceof DnsClient.RefusedException ? refused : failed).increment();
        }
    }

    NameServerStatus status(String section, InetSocketAddress server) {
        var host = server.getAddress().getHostAddress();
        return new NameServerStatus(
                section,
                (server.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + server.getPort(),
                sent.sum(),
                valid.sum(),
                empty.sum(),
                unknown.sum(),
                silent.sum(),
                refused.sum(),
                failed.sum());
    }
}

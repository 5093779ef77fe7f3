package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ListenAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Where one virtual server accepts connections: for each of its addresses a listener on every loop, opened with SO_REUSEPORT so that the
 * kernel spreads connections over them. Used by the control thread.
 */
public final class TcpListeners {
    private final List<TcpLoop> loops;

    /** By address and port. */
    private final Map<ListenAddress, List<TcpListener>> listeners = new LinkedHashMap<>();

    private final ConnectionLimit limit = new ConnectionLimit();

    /** Closed to new connections; theirs may still be open. */
    private final List<TcpListener> retired = new ArrayList<>();

    public TcpListeners(List<TcpLoop> loops) {
        this.loops = loops;
    }

    /**
     * Accepts on these addresses from now on, and no other; one that stays is never closed.
     *
     * @param handlers makes the handler of each loop
     * @throws IOException where a new address cannot be used; everything is then as before
     */
    public void apply(List<ListenAddress> addresses, Function<TcpLoop, TcpHandler> handlers) throws IOException {
        var wanted = singlePorts(addresses);
        var withHeader = new HashSet<ListenAddress>();
        addresses.stream()
                .filter(ListenAddress::proxyProtocol)
                .forEach(range -> withHeader.addAll(singlePorts(List.of(range))));
        var opened = new LinkedHashMap<ListenAddress, List<TcpListener>>();
        try {
            for (var address : wanted) {
                if (!listeners.containsKey(address)) {
                    opened.put(address, open(address.proxyProtocol(withHeader.contains(address)), handlers));
                }
            }
        } catch (IOException failed) {
            opened.values().forEach(this::retire);
            throw failed;
        }
        listeners.forEach((address, kept) -> {
            if (wanted.contains(address)) {
                kept.forEach(
                        listener -> listener.handler(handlers.apply(listener.loop()), withHeader.contains(address)));
            }
        });
        for (var address : List.copyOf(listeners.keySet())) {
            if (!wanted.contains(address)) {
                retire(listeners.getOrDefault(address, List.of()));
                listeners.remove(address);
            }
        }
        listeners.putAll(opened);
    }

    /**
     * How many connections all listeners together have at once; further clients wait to be accepted.
     *
     * @param most 0 for no limit
     */
    public void maxConnections(int most) {
        limit.most(most);
    }

    /** Accepts nothing any more. Connections go on. */
    public void stopAccepting() {
        listeners.values().forEach(this::retire);
        listeners.clear();
    }

    /** Connections open now. */
    public int open() {
        return (int) sum(TcpListener::open);
    }

    /** Connections ever accepted. */
    public long accepted() {
        return sum(TcpListener::accepted);
    }

    /** Connections ever refused. */
    public long refused() {
        return sum(TcpListener::refused);
    }

    /** Whether this listener is one that accepts nothing any more. Any thread may ask once {@link #stopAccepting} has returned. */
    public boolean isRetired(TcpListener listener) {
        return retired.contains(listener);
    }

    private long sum(ToLongFunction<TcpListener> number) {
        long current = listeners.values().stream()
                .flatMap(List::stream)
                .mapToLong(number)
                .sum();
        return current + retired.stream().mapToLong(number).sum();
    }

    /** What a socket is opened by: whether a header is wanted may change while it stays. */
    private static List<ListenAddress> singlePorts(List<ListenAddress> ranges) {
        var addresses = new ArrayList<ListenAddress>();
        for (var range : ranges) {
            for (int port = range.firstPort(); port <= range.lastPort(); port++) {
                addresses.add(range.onPort(port).proxyProtocol(false));
            }
        }
        return addresses;
    }

    private List<TcpListener> open(ListenAddress address, Function<TcpLoop, TcpHandler> handlers) throws IOException {
        var sockets = ListenSocket.open(address, loops.size());
        var result = new ArrayList<TcpListener>();
        for (int i = 0; i < loops.size(); i++) {
            var loop = loops.get(i);
            int fd = sockets.get(i);
            var handler = handlers.apply(loop);
            result.add(loop.loop()
                    .call(() -> new TcpListener(loop, fd, address, limit, handler))
                    .join());
        }
        return result;
    }

    private void retire(List<TcpListener> listening) {
        retired.removeIf(listener -> listener.open() == 0 && listener.accepted() == 0);
        retired.addAll(listening);
        CompletableFuture.allOf(listening.stream()
                        .map(listener -> listener.loop().loop().call(() -> {
                            listener.close();
                            return listener;
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }
}

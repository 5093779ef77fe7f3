package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.api.schedule.TrafficCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Map<Place, List<TcpListener>> listeners = new LinkedHashMap<>();

    /** Of the UNIX sockets among them. */
    private final Map<String, UnixSocketFile> files = new HashMap<>();

    private final ConnectionLimit limit = new ConnectionLimit();
    private final TrafficCounts traffic = new TrafficCounts();

    /** Closed to new connections; theirs may still be open. */
    private final List<TcpListener> retired = new ArrayList<>();

    /** What a socket is bound to. Whatever else of a {@link ListenAddress} changes takes no other socket. */
    private record Place(InetAddress address, int port, boolean ipv6Only, int descriptor, String path) {
        static Place of(ListenAddress address) {
            return new Place(
                    address.address(),
                    address.firstPort(),
                    address.ipv6Only(),
                    address.descriptor(),
                    address.unixSocket().map(UnixSocket::path).orElse(""));
        }
    }

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
        var places = List.copyOf(wanted.keySet());
        var opened = new LinkedHashMap<Place, List<TcpListener>>();
        try {
            for (var one : wanted.entrySet()) {
                if (!listeners.containsKey(one.getKey())) {
                    int number = places.indexOf(one.getKey()) + 1;
                    opened.put(one.getKey(), open(one.getValue(), number, handlers));
                }
            }
        } catch (IOException failed) {
            opened.values().forEach(this::retire);
            throw failed;
        }
        listeners.forEach((place, kept) -> {
            var address = wanted.get(place);
            if (address != null) {
                permit(address);
                kept.forEach(listener -> listener.use(address, handlers.apply(listener.loop())));
            }
        });
        for (var place : List.copyOf(listeners.keySet())) {
            if (!wanted.containsKey(place)) {
                retire(listeners.getOrDefault(place, List.of()));
                listeners.remove(place);
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

    /** What passes through all of them. Any thread. */
    public TrafficCounts traffic() {
        return traffic;
    }

    /** Whether this listener is one of these, whether or not it still accepts. Any thread may ask while the control thread waits for it. */
    public boolean accepted(TcpListener listener) {
        return has(listener) || isRetired(listener);
    }

    /** Whether this listener is one of these, and still accepts. Any thread may ask while the control thread waits for it. */
    public boolean has(TcpListener listener) {
        return listeners.values().stream().anyMatch(each -> each.contains(listener));
    }

    /** Whether this listener is one that accepts nothing any more. Any thread may ask while the control thread waits for it. */
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

    private static Map<Place, ListenAddress> singlePorts(List<ListenAddress> ranges) {
        var addresses = new LinkedHashMap<Place, ListenAddress>();
        for (var range : ranges) {
            for (int port = range.firstPort(); port <= range.lastPort(); port++) {
                var address = range.onPort(port);
                addresses.put(Place.of(address), address);
            }
        }
        return addresses;
    }

    /** A UNIX socket that stays has the owner and the rights from now on that it is to have. */
    private void permit(ListenAddress address) {
        var socket = address.unixSocket();
        var file = socket.map(one -> files.get(one.path())).orElse(null);
        if (socket.isPresent() && file != null) {
            try {
                file.permit(socket.get());
            } catch (IOException failed) {
                loops.getFirst().report(String.valueOf(failed.getMessage()));
            }
        }
    }

    private List<Integer> sockets(ListenAddress address, OwnAddresses own) throws IOException {
        var socket = address.unixSocket();
        if (socket.isEmpty()) {
            return ListenSocket.open(address, loops.size(), own);
        }
        var bound = UnixSocketFile.bind(socket.get(), own.isTakingOver());
        files.put(socket.get().path(), bound.file());
        try {
            return ListenSocket.share(bound.fd(), address, loops.size());
        } catch (IOException failed) {
            removeFile(address);
            throw failed;
        }
    }

    private void removeFile(ListenAddress address) {
        var file = files.remove(address.unixSocket().map(UnixSocket::path).orElse(""));
        if (file != null) {
            file.remove();
        }
    }

    private List<TcpListener> open(ListenAddress address, int number, Function<TcpLoop, TcpHandler> handlers)
            throws IOException {
        var own = loops.getFirst().ownAddresses();
        var sockets = sockets(address, own);
        own.add(address);
        var result = new ArrayList<TcpListener>();
        for (int i = 0; i < loops.size(); i++) {
            var loop = loops.get(i);
            int fd = sockets.get(i);
            var handler = handlers.apply(loop);
            result.add(loop.loop()
                    .call(() -> new TcpListener(loop, fd, address, limit, traffic, number, handler))
                    .join());
        }
        return result;
    }

    private void retire(List<TcpListener> listening) {
        retired.removeIf(listener -> listener.open() == 0 && listener.accepted() == 0);
        retired.addAll(listening);
        listening.stream().findFirst().ifPresent(one -> {
            one.loop().ownAddresses().remove(one.address());
            removeFile(one.address());
        });
        CompletableFuture.allOf(listening.stream()
                        .map(listener -> listener.loop().loop().call(() -> {
                            listener.close();
                            return listener;
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }
}

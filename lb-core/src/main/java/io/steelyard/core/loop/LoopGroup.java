package io.steelyard.core.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The data-plane loops of one balancer. Safe for all threads. */
public final class LoopGroup implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group;
    private final List<DataLoop> loops;

    private LoopGroup(int size) {
        group = new MultiThreadIoEventLoopGroup(
                size, new DefaultThreadFactory("lb-loop", true), EpollIoHandler.newFactory());
        loops = IntStream.range(0, size)
                .mapToObj(index -> new DataLoop(index, (IoEventLoop) group.next()))
                .toList();
    }

    /**
     * Starts loops.
     *
     * @param size how many; 0 for one each core
     * @throws IllegalStateException where epoll cannot be used here, with the reason
     */
    public static LoopGroup start(int size) {
        if (!Epoll.isAvailable()) {
            throw new IllegalStateException(
                    "epoll cannot be used: " + Epoll.unavailabilityCause().getMessage()
                            + "; the data plane needs Linux and --enable-native-access",
                    Epoll.unavailabilityCause());
        }
        return new LoopGroup(size > 0 ? size : Runtime.getRuntime().availableProcessors());
    }

    public List<DataLoop> loops() {
        return loops;
    }

    /** Stops the threads and closes every descriptor they own. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

package io.steelyard.vrrp;

import io.steelyard.api.Configuration;
import io.steelyard.api.vrrp.RunningRouters;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The virtual routers of a configuration. One whose routers differ from what runs makes them begin anew: those that were active say good-bye
 * first, and another machine takes over for the while.
 */
final class ConfiguredRouters implements RunningRouters {
    private final Consumer<RouterEvent> events;

    /** Guarded by this. */
    private Configuration configuration;

    /** Guarded by this. */
    private VirtualRouters routers;

    ConfiguredRouters(Configuration configuration, Consumer<RouterEvent> events) throws IOException {
        this.configuration = configuration;
        this.events = events;
        routers = start(configuration);
    }

    private VirtualRouters start(Configuration wanted) throws IOException {
        var builder = VirtualRouters.builder().settings(wanted.vrrp()).onEvent(events);
        wanted.virtualRouters().forEach(builder::router);
        wanted.syncGroups().forEach(builder::group);
        wanted.trackers().forEach(builder::tracker);
        return builder.start();
    }

    @Override
    public synchronized void change(Configuration changed) throws IOException {
        var before = configuration;
        configuration = changed;
        if (isSame(before, changed)) {
            return;
        }
        routers.close();
        try {
            routers = start(changed);
        } catch (IOException failed) {
            configuration = before;
            routers = start(before);
            throw failed;
        }
    }

    private static boolean isSame(Configuration one, Configuration other) {
        return one.virtualRouters().equals(other.virtualRouters())
                && one.syncGroups().equals(other.syncGroups())
                && one.trackers().equals(other.trackers())
                && one.vrrp().equals(other.vrrp());
    }

    @Override
    public synchronized void tell(String tracker, boolean isUp) {
        routers.tell(tracker, isUp);
    }

    @Override
    public synchronized void close() {
        routers.close();
    }
}

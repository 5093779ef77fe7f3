/** Every scheduling algorithm, one file each. */
@org.jspecify.annotations.NullMarked
module io.steelyard.schedulers {
    requires transitive io.steelyard.api;
    requires static org.jspecify;

    provides io.steelyard.api.schedule.SchedulerProvider with
            io.steelyard.schedulers.nginx.HashProvider,
            io.steelyard.schedulers.nginx.IpHashProvider,
            io.steelyard.schedulers.nginx.LeastConnProvider,
            io.steelyard.schedulers.nginx.LeastTimeProvider,
            io.steelyard.schedulers.nginx.RandomProvider,
            io.steelyard.schedulers.nginx.RoundRobinProvider;
}

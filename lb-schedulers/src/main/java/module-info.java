/** Every scheduling algorithm, one file each. */
@org.jspecify.annotations.NullMarked
module io.steelyard.schedulers {
    requires transitive io.steelyard.api;
    requires static org.jspecify;

    provides io.steelyard.api.schedule.SchedulerProvider with
            io.steelyard.schedulers.consistent.BoundedHashProvider,
            io.steelyard.schedulers.consistent.MaglevProvider,
            io.steelyard.schedulers.consistent.RendezvousProvider,
            io.steelyard.schedulers.sampled.LocalityProvider,
            io.steelyard.schedulers.sampled.PeakLatencyProvider,
            io.steelyard.schedulers.sampled.PowerOfTwoProvider,
            io.steelyard.schedulers.lvs.DestinationHashProvider,
            io.steelyard.schedulers.lvs.LeastConnectionProvider,
            io.steelyard.schedulers.lvs.LocalityLeastConnectionProvider,
            io.steelyard.schedulers.lvs.MaglevHashProvider,
            io.steelyard.schedulers.lvs.NeverQueueProvider,
            io.steelyard.schedulers.lvs.OverflowProvider,
            io.steelyard.schedulers.lvs.ReplicatedLocalityProvider,
            io.steelyard.schedulers.lvs.RoundRobinProvider,
            io.steelyard.schedulers.lvs.ShortestExpectedDelayProvider,
            io.steelyard.schedulers.lvs.SourceHashProvider,
            io.steelyard.schedulers.lvs.TwoChoicesProvider,
            io.steelyard.schedulers.lvs.WeightedFailoverProvider,
            io.steelyard.schedulers.lvs.WeightedLeastConnectionProvider,
            io.steelyard.schedulers.lvs.WeightedRoundRobinProvider,
            io.steelyard.schedulers.haproxy.FirstProvider,
            io.steelyard.schedulers.haproxy.HashProvider,
            io.steelyard.schedulers.haproxy.LeastConnProvider,
            io.steelyard.schedulers.haproxy.RandomProvider,
            io.steelyard.schedulers.haproxy.RoundRobinProvider,
            io.steelyard.schedulers.haproxy.SourceProvider,
            io.steelyard.schedulers.haproxy.StaticRoundRobinProvider,
            io.steelyard.schedulers.nginx.HashProvider,
            io.steelyard.schedulers.nginx.IpHashProvider,
            io.steelyard.schedulers.nginx.LeastConnProvider,
            io.steelyard.schedulers.nginx.LeastTimeProvider,
            io.steelyard.schedulers.nginx.RandomProvider,
            io.steelyard.schedulers.nginx.RoundRobinProvider;
}

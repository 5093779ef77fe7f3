/** A pool at work: snapshots, tiers, affinity, leases, passive health, slow start, health states. No sockets. */
@org.jspecify.annotations.NullMarked
module io.steelyard.pool {
    requires transitive io.steelyard.api;
    requires io.steelyard.realip;
    requires org.jctools.core;
    requires static org.jspecify;

    exports io.steelyard.pool;
    exports io.steelyard.pool.key;
    exports io.steelyard.pool.limit;
    exports io.steelyard.pool.retry;
    exports io.steelyard.pool.stick;
    exports io.steelyard.pool.variable;
}

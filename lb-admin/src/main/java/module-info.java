/** Statistics of a running balancer and commands to it. */
@org.jspecify.annotations.NullMarked
module io.steelyard.admin {
    requires transitive io.steelyard.api;
    requires static org.jspecify;

    exports io.steelyard.admin.runtime;
    exports io.steelyard.admin.statistics;

    provides io.steelyard.api.http.StatusPageProvider with
            io.steelyard.admin.statistics.HaproxyPageProvider;
}

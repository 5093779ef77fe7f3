/**
 * The words and contracts that every Steelyard module shares: the {@link io.steelyard.api.Configuration} records, the plug-in interfaces
 * and the results they give. Start at {@link io.steelyard.api.Configuration} and {@link io.steelyard.api.LoadBalancer}; to write a
 * scheduler, at {@link io.steelyard.api.schedule.SchedulerProvider}.
 */
@org.jspecify.annotations.NullMarked
module io.steelyard.api {
    requires static org.jspecify;

    exports io.steelyard.api;
    exports io.steelyard.api.affinity;
    exports io.steelyard.api.config;
    exports io.steelyard.api.health;
    exports io.steelyard.api.http;
    exports io.steelyard.api.plugin;
    exports io.steelyard.api.pool;
    exports io.steelyard.api.proxy;
    exports io.steelyard.api.schedule;
    exports io.steelyard.api.text;
    exports io.steelyard.api.tls;
    exports io.steelyard.api.vrrp;

    uses io.steelyard.api.config.ConfigurationReader;
    uses io.steelyard.api.health.HealthCheckProvider;
    uses io.steelyard.api.http.ExpressionLanguage;
    uses io.steelyard.api.http.StatusPageProvider;
    uses io.steelyard.api.proxy.ForwarderProvider;
    uses io.steelyard.api.schedule.SchedulerProvider;
    uses io.steelyard.api.vrrp.VirtualRouterProvider;
}

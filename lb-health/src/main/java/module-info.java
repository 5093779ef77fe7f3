/** Active health checks: TCP, HTTP and UDP, and the question to an agent. */
@org.jspecify.annotations.NullMarked
module io.steelyard.health {
    requires transitive io.steelyard.api;
    requires io.steelyard.realip;
    requires static org.jspecify;

    exports io.steelyard.health;

    provides io.steelyard.api.health.HealthCheckProvider with
            io.steelyard.health.AgentCheckProvider,
            io.steelyard.health.ExternalCheckProvider,
            io.steelyard.health.HttpCheckProvider,
            io.steelyard.health.LdapCheckProvider,
            io.steelyard.health.MysqlCheckProvider,
            io.steelyard.health.PgsqlCheckProvider,
            io.steelyard.health.RedisCheckProvider,
            io.steelyard.health.SmtpCheckProvider,
            io.steelyard.health.SslHelloCheckProvider,
            io.steelyard.health.TcpCheckProvider,
            io.steelyard.health.UdpCheckProvider;
}

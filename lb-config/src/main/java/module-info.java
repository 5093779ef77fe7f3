/** Readers of nginx.conf, haproxy.cfg, keepalived.conf and our own YAML, each into the same model. */
@org.jspecify.annotations.NullMarked
module io.steelyard.config {
    requires transitive io.steelyard.api;
    requires io.steelyard.realip;
    requires org.apache.commons.codec;
    requires org.snakeyaml.engine;
    requires static org.jspecify;

    exports io.steelyard.config;
    exports io.steelyard.config.haproxy;
    exports io.steelyard.config.haproxy.expression;
    exports io.steelyard.config.keepalived;
    exports io.steelyard.config.nginx;
    exports io.steelyard.config.yaml;

    provides io.steelyard.api.config.ConfigurationReader with
            io.steelyard.config.haproxy.HaproxyConfigurationReader,
            io.steelyard.config.keepalived.KeepalivedConfigurationReader,
            io.steelyard.config.nginx.NginxConfigurationReader,
            io.steelyard.config.yaml.YamlReader;
    provides io.steelyard.api.http.ExpressionLanguage with
            io.steelyard.config.haproxy.expression.BinaryLanguage,
            io.steelyard.config.haproxy.expression.ChoiceLanguage,
            io.steelyard.config.haproxy.expression.ConditionLanguage,
            io.steelyard.config.haproxy.expression.FormatLanguage,
            io.steelyard.config.haproxy.expression.ForwardedLanguage,
            io.steelyard.config.haproxy.expression.LogLanguage,
            io.steelyard.config.haproxy.expression.RedirectLanguage,
            io.steelyard.config.nginx.ExpiresLanguage,
            io.steelyard.config.nginx.UsersLanguage;
}

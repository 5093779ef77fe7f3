package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;
import io.steelyard.http.route.ProxyPlan;

/** The line that nginx's error log has where no server of a pool can be tried. Without state. */
final class NoServer {
    private NoServer() {}

    static String text(Exchange exchange, String pool, ProxyPlan plan) {
        var request = exchange.request();
        var target = Octets.text(request.fields().bytes(), request.forwardStart(), request.forwardEnd());
        var scheme = plan.configured().transport().tls().isPresent() ? "https://" : "http://";
        return "no live upstreams while connecting to upstream, client: "
                + exchange.who().clientEndpoint().addressText()
                + ", server: " + exchange.facts().siteName()
                + ", request: \"" + request.methodText() + " " + request.target() + " " + request.version() + "\""
                + ", upstream: \"" + scheme + pool + target + "\""
                + host(request.fields());
    }

    private static String host(FieldBlock fields) {
        int index = fields.find(FieldName.HOST);
        return index < 0 ? "" : ", host: \"" + fields.value(index) + "\"";
    }
}

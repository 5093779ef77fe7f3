package io.steelyard.http.proxy;

import io.steelyard.api.http.Content;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.TargetForm;
import io.steelyard.http.octet.Octets;
import io.steelyard.http.route.UriText;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Sends clients to a server of a pool themselves ({@link Content.RedirectToPool}). Without state. */
final class PoolRedirection {
    private static final int LOOP_DETECTED = 508;
    private static final FieldName ORIGIN = FieldName.of("origin");
    private static final FieldName REQUESTED_METHOD = FieldName.of("access-control-request-method");

    private PoolRedirection() {}

    /** The hosts and ports of the public URLs of a pool's servers. */
    static Set<String> hosts(ServerPool pool) {
        return pool.servers().stream()
                .flatMap(server -> server.publicUrl().stream())
                .map(PoolRedirection::host)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String host(String url) {
        var uri = URI.create(url);
        int usual = uri.getScheme().equals("https") ? 443 : 80;
        return host(uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort());
    }

    private static String host(String name, int port) {
        return name.toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** Redirects a request, or has it served otherwise. */
    static void serve(Exchange exchange, Content.RedirectToPool redirect) {
        var request = exchange.request();
        boolean isPlain = (request.method() == Method.GET || request.method() == Method.HEAD)
                && !exchange.framing().hasBody();
        int hops = HopCount.of(request.query(), redirect.hopParameter());
        boolean isAtServer = isAtServer(exchange, redirect);
        if (isAtServer || hops > 0) {
            exchange.plan().faults().count(Fault.REDIRECT_RETURNED);
        }
        boolean circles = isAtServer || hops >= redirect.mostHops();
        if (redirect.others().isPresent() ? !isPlain || circles : isPreflight(request)) {
            exchange.forward(exchange.routing().route().proxy());
        } else if (circles) {
            exchange.plan().faults().count(Fault.REDIRECT_LOOP);
            exchange.replyError(LOOP_DETECTED);
        } else if (request.targetForm() != TargetForm.ORIGIN && request.targetForm() != TargetForm.ABSOLUTE) {
            exchange.replyError(400);
        } else {
            send(exchange, redirect);
        }
    }

    /** Whether the client asks for a host that it can only have from a redirection. */
    private static boolean isAtServer(Exchange exchange, Content.RedirectToPool redirect) {
        var request = exchange.request();
        int usualPort = exchange.client().tls() == null ? 80 : 443;
        return request.hasHost()
                && exchange.plan()
                        .publicHosts(redirect.pool())
                        .contains(host(request.host(), request.port() < 0 ? usualPort : request.port()));
    }

    /** Whether a browser asks what it may do (CORS): it follows no redirection of that. */
    private static boolean isPreflight(RequestHead request) {
        return request.method() == Method.OPTIONS
                && request.fields().contains(ORIGIN)
                && request.fields().contains(REQUESTED_METHOD);
    }

    private static void send(Exchange exchange, Content.RedirectToPool redirect) {
        var balancer = exchange.plan().balancer(redirect.pool());
        var fields = exchange.answer().fields();
        fields.clear();
        fields.add(FieldName.CACHE_CONTROL, exchange.isHaproxy() ? "no-cache" : "no-store");
        if (balancer == null) {
            OwnReply.status(exchange, 500);
            return;
        }
        var lease = balancer.newLease();
        var flow = RequestFlow.of(exchange, balancer);
        var affinity = exchange.affinity(balancer.pool());
        if (affinity != null) {
            affinity.tell(flow, true);
        }
        var outcome = balancer.pick(flow, lease);
        if (outcome == Balancer.Outcome.PICKED) {
            var url = lease.server().publicUrl();
            // Whether it serves the client nobody will tell us.
            lease.cancelled();
            fields.add(FieldName.LOCATION, url.orElse("") + HopCount.raised(target(exchange), redirect.hopParameter()));
            if (affinity != null) {
                var method = exchange.request().method();
                affinity.answer(
                        fields,
                        redirect.status(),
                        method == Method.POST,
                        false,
                        lease.server().id());
            }
            OwnReply.status(exchange, url.isPresent() ? redirect.status() : 500);
        } else {
            var page = exchange.errorPage(503);
            if (page.isPresent()) {
                exchange.show(page.get(), 503);
                return;
            }
            fields.add(
                    FieldName.RETRY_AFTER, Long.toString(redirect.retryAfter().toSeconds()));
            OwnReply.status(exchange, 503);
        }
    }

    /** The path and query as the client sent them, or as rules changed them; begins with a slash. */
    private static String target(Exchange exchange) {
        if (exchange.routing().isTargetChanged()) {
            var facts = exchange.facts();
            var path = UriText.escape(facts.path());
            var query = facts.query().isEmpty() ? "" : "?" + facts.query();
            return (path.startsWith("/") ? path : "/" + path)
                    + query.replace("\r", "%0D").replace("\n", "%0A");
        }
        var request = exchange.request();
        return Octets.text(request.fields().bytes(), request.forwardStart(), request.forwardEnd());
    }
}

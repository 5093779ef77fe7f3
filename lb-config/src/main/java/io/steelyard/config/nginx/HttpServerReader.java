package io.steelyard.config.nginx;

import io.steelyard.api.http.HostName;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.IngressPolicy;
import io.steelyard.config.nginx.HttpListenReader.Listen;
import io.steelyard.config.nginx.grammar.Directive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code server} of http. */
final class HttpServerReader {
    private static final int DEFAULT_MOST_FIELDS = 1_000;

    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final RouteReader routes;
    private final HttpListenReader listens;
    private final TlsReader tls;
    private final ServerNames names;

    HttpServerReader(
            Findings findings,
            BlockReader blocks,
            VariableScope variables,
            RouteReader routes,
            HttpListenReader listens) {
        this.findings = findings;
        this.blocks = blocks;
        this.variables = variables;
        this.routes = routes;
        this.listens = listens;
        tls = new TlsReader(findings, variables);
        names = new ServerNames(findings, variables);
    }

    /** Takes a block in; what is wrong with it is told. */
    void read(Directive block, HttpScope http, HttpServers servers) {
        var scope = http.inner(Context.HTTP_SERVER, blocks.read(block.children(), Context.HTTP_SERVER));
        var written = names.read(scope.level());
        var asked = written.isEmpty() ? List.of(HostName.parse("")) : written;
        var client = client(scope);
        var route = routes.read(scope, LocationPath.SERVER);
        var secured = tls.server(TlsReader.of(scope), client.headerTimeout(), false);
        var server = new HttpServers.Server(block.position(), asked, client, secured, route);
        servers.add(server, listens(block, scope.level()));
    }

    private List<Listen> listens(Directive block, Level level) {
        boolean isWritten =
                block.children().stream().anyMatch(child -> child.keyword().equals("listen"));
        if (!isWritten) {
            return List.of(HttpListenReader.standard());
        }
        var read = new ArrayList<Listen>();
        for (var directive : level.all("listen")) {
            read.addAll(listens.read(directive));
        }
        return read;
    }

    private HttpClientOptions client(HttpScope scope) {
        var options = HttpClientOptions.builder()
                .ingress(IngressPolicy.KEEP)
                .serverField("steelyard")
                .mostFields(DEFAULT_MOST_FIELDS);
        scope.nearest("client_header_timeout", Values::positiveTime).ifPresent(options::headerTimeout);
        scope.nearest("client_body_timeout", Values::positiveTime).ifPresent(options::bodyTimeout);
        scope.nearest("send_timeout", Values::positiveTime).ifPresent(options::sendTimeout);
        scope.nearest("keepalive_timeout").ifPresent(directive -> idleTimeout(directive, options));
        scope.nearest("keepalive_requests", Values::positiveNumber).ifPresent(options::mostRequests);
        scope.nearest("keepalive_time", Values::positiveTime).ifPresent(options::mostAge);
        scope.nearest("max_headers", Values::positiveNumber).ifPresent(options::mostFields);
        scope.nearest("http2", Values::flag).ifPresent(options::http2);
        scope.nearest("http2_max_concurrent_streams", Values::positiveNumber).ifPresent(options::mostStreams);
        scope.nearest("underscores_in_headers", Values::flag).ifPresent(options::keepsUnderscores);
        scope.nearest("merge_slashes", Values::flag).ifPresent(options::mergesSlashes);
        scope.nearest("large_client_header_buffers").ifPresent(directive -> headerBytes(directive, options));
        return options.build();
    }

    private void idleTimeout(Directive directive, HttpClientOptions.Builder options) {
        for (var word : directive.arguments()) {
            try {
                Duration time = Values.time(word.text());
                if (word == directive.argument(0)) {
                    options.idleTimeout(time);
                } else if (!time.minusSeconds(1).isNegative()) {
                    options.toldIdleTimeout(time);
                }
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, wrong);
            }
        }
    }

    private void headerBytes(Directive directive, HttpClientOptions.Builder options) {
        try {
            int number = Values.positiveNumber(directive.argument(0).text());
            long size = Values.size(directive.argument(1).text());
            if (size < 1) {
                throw new IllegalArgumentException("a size above 0");
            }
            options.mostLineBytes((int) Math.min(size, Integer.MAX_VALUE))
                    .mostHeaderBytes((int) Math.min(Math.multiplyExact(size, (long) number), Integer.MAX_VALUE));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            findings.badArgument(directive, directive.argument(1), "a number and a size, such as 4 8k");
        }
    }
}

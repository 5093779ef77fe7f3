package io.steelyard.http.proxy;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.StatusPage;
import io.steelyard.http.route.Route;
import java.util.Map;
import java.util.Objects;

/** Has an exchange that was let in served by what its route has. Without state. */
final class RouteContent {
    private static final System.Logger LOG = System.getLogger(RouteContent.class.getName());

    private RouteContent() {}

    static void serve(Exchange exchange, Route route) {
        switch (route.configured().content()) {
            case Content.NotFound nothing -> exchange.replyError(404);
            case Content.Reply reply -> {
                var text = route.text();
                var raw = text == null ? "" : exchange.evaluation().raw(text);
                OwnReply.text(exchange, reply.status(), reply.contentType(), raw);
            }
            case Content.RedirectToPool redirect -> PoolRedirection.serve(exchange, redirect);
            case Content.Health health -> {
                var found = PoolHealth.of(exchange.plan().pools());
                OwnReply.text(exchange, found.isWell() ? 200 : 503, "text/plain", found.text());
            }
            case Content.Counts counts ->
                OwnReply.text(
                        exchange, 200, "text/plain", Counts.text(exchange.plan().counts()));
            case Content.Page page -> show(exchange, page);
            case Content.Files files ->
                FileContent.serve(
                        exchange, Objects.requireNonNull(route.files(), "a route to files has a plan"), route.proxy());
            case HttpProxy toServer -> exchange.forward(route.proxy());
        }
    }

    /** Has a page written, on a thread of its own. */
    private static void show(Exchange exchange, Content.Page page) {
        exchange.progress().termination("LR");
        var target = exchange.request().target();
        var writer = exchange.plan().page(page);
        var loop = exchange.client().worker().loop().loop();
        exchange.plan()
                .look((configuration, status) -> Thread.ofVirtual().start(() -> {
                    StatusPage.Document document;
                    try {
                        document = writer.document(target, configuration, status);
                    } catch (RuntimeException failed) {
                        LOG.log(System.Logger.Level.WARNING, "the page " + page.page() + " failed", failed);
                        document = new StatusPage.Document(500, Map.of(), "");
                    }
                    var written = document;
                    loop.execute(() -> {
                        if (!exchange.isOver()) {
                            OwnReply.document(exchange, written);
                        }
                    });
                }));
    }
}

package io.steelyard.core.ocsp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks by HTTP/1, directly, and follows nobody elsewhere. */
final class HttpResponder implements Responder {
    /** Real ones are of one to three kilobytes; nginx takes 16 KiB. */
    private static final int MOST_BYTES = 64 << 10;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Duration timeout;

    /** Made at the first question, as most never ask; guarded by this. */
    private @Nullable HttpClient client;

    /** @param timeout for the whole */
    HttpResponder(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public CompletableFuture<byte[]> ask(URI request) {
        var asked = client().sendAsync(
                        HttpRequest.newBuilder(request).timeout(timeout).build(),
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
        // The request's own timeout ends with the head; a body that comes by drops ends here.
        var answer = asked.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        answer.whenComplete((response, failed) -> {
            if (failed != null) {
                asked.cancel(true);
            }
        });
        return answer.thenCompose(HttpResponder::body);
    }

    private static CompletableFuture<byte[]> body(HttpResponse<byte[]> response) {
        return response.statusCode() == 200
                ? CompletableFuture.completedFuture(response.body())
                : CompletableFuture.failedFuture(new IOException("it answered with status " + response.statusCode()));
    }

    private synchronized HttpClient client() {
        var made = client;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(CONNECT.compareTo(timeout) < 0 ? CONNECT : timeout)
                    .build();
            client = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}

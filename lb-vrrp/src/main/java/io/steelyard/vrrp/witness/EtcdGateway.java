package io.steelyard.vrrp.witness;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The calls of etcd's HTTP gateway that a lease needs (etcd 3.4 and later, {@code /v3/lease} and {@code /v3/kv/txn}). Nothing waits. Safe for all
 * threads.
 */
final class EtcdGateway implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final List<URI> endpoints;
    private final Duration timeout;
    private final HttpClient client;

    /** Which endpoint is asked: moved on by whichever call fails, read by the next; any order will do. */
    private final AtomicInteger current = new AtomicInteger();

    EtcdGateway(List<URI> endpoints, Duration timeout) {
        this.endpoints = endpoints;
        this.timeout = timeout;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT.compareTo(timeout) < 0 ? CONNECT : timeout)
                .build();
    }

    URI endpoint() {
        return endpoints.get(Math.floorMod(current.get(), endpoints.size()));
    }

    /** A new lease. @return its id */
    CompletableFuture<Long> grant(long seconds) {
        return call("/v3/lease/grant", "{\"TTL\":\"" + seconds + "\"}").thenApply(answer -> {
            if (number(answer.get("TTL")) < seconds) {
                throw new IllegalStateException(
                        "etcd grants a lease of " + answer.get("TTL") + " s, expected " + seconds);
            }
            return number(answer.get("ID"));
        });
    }

    /** A lease goes on. @return whether it still was there */
    CompletableFuture<Boolean> keepAlive(long lease, long seconds) {
        return call("/v3/lease/keepalive", "{\"ID\":\"" + lease + "\"}")
                .thenApply(answer ->
                        answer.get("result") instanceof Map<?, ?> result && number(result.get("TTL")) >= seconds);
    }

    /** A lease ends, and what is under it goes. */
    CompletableFuture<Boolean> revoke(long lease) {
        return call("/v3/lease/revoke", "{\"ID\":\"" + lease + "\"}").thenApply(answer -> true);
    }

    /**
     * Makes a key where there is none.
     *
     * @param alsoRead another key that is read where the first exists
     */
    CompletableFuture<Made> make(String key, String value, long lease, String alsoRead) {
        var name = encoded(key);
        var body = "{\"compare\":[{\"key\":\"" + name
                + "\",\"target\":\"CREATE\",\"result\":\"EQUAL\",\"create_revision\":\"0\"}],"
                + "\"success\":[{\"request_put\":" + put(key, value, lease) + "}],"
                + "\"failure\":[{\"request_range\":{\"key\":\"" + name + "\"}},{\"request_range\":{\"key\":\""
                + encoded(alsoRead) + "\"}}]}";
        return call("/v3/kv/txn", body).thenApply(answer -> {
            long revision = answer.get("header") instanceof Map<?, ?> header ? number(header.get("revision")) : 0;
            boolean isMade = Boolean.TRUE.equals(answer.get("succeeded"));
            return new Made(
                    isMade, revision, isMade ? Entry.NONE : entry(answer, 0), isMade ? Entry.NONE : entry(answer, 1));
        });
    }

    /** Sets a key. */
    CompletableFuture<Boolean> set(String key, String value, long lease) {
        return call("/v3/kv/put", put(key, value, lease)).thenApply(answer -> true);
    }

    /**
     * What making a key led to.
     *
     * @param revision of the store
     * @param existing what was there instead
     * @param other what is under the other key
     */
    record Made(boolean isMade, long revision, Entry existing, Entry other) {}

    /**
     * A key's value.
     *
     * @param lease it lives under; 0 for none
     * @param createRevision the store's when it was made; 0 where there is no key
     */
    record Entry(String value, long lease, long createRevision) {
        static final Entry NONE = new Entry("", 0, 0);
    }

    private static Entry entry(Map<String, Object> answer, int place) {
        if (answer.get("responses") instanceof List<?> responses
                && place < responses.size()
                && responses.get(place) instanceof Map<?, ?> response
                && response.get("response_range") instanceof Map<?, ?> range
                && range.get("kvs") instanceof List<?> found
                && found.getFirst() instanceof Map<?, ?> entry) {
            var value = entry.get("value") instanceof String text
                    ? new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8)
                    : "";
            return new Entry(value, number(entry.get("lease")), number(entry.get("create_revision")));
        }
        return Entry.NONE;
    }

    /** What is missing is 0 in protocol buffers. */
    private static long number(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof String text ? Long.parseLong(text) : 0;
    }

    private static String put(String key, String value, long lease) {
        return "{\"key\":\"" + encoded(key) + "\",\"value\":\"" + encoded(value) + "\",\"lease\":\"" + lease + "\"}";
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private CompletableFuture<Map<String, Object>> call(String path, String body) {
        int used = current.get();
        var endpoint = endpoints.get(Math.floorMod(used, endpoints.size()));
        var request = HttpRequest.newBuilder(endpoint.resolve(path))
                .timeout(timeout)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .handle((answer, failed) -> {
                    if (failed != null) {
                        current.compareAndSet(used, used + 1);
                        throw new CompletionException(failed);
                    }
                    if (answer.statusCode() != 200) {
                        if (answer.statusCode() >= 500) {
                            current.compareAndSet(used, used + 1);
                        }
                        throw new IllegalStateException(path + " is answered with " + answer.statusCode() + " "
                                + answer.body().strip());
                    }
                    return Json.object(answer.body());
                });
    }

    /** Waits a moment for what is under way, such as the end of a lease. */
    @Override
    public void close() {
        client.shutdown();
        try {
            if (!client.awaitTermination(LAST_WORDS)) {
                client.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            client.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

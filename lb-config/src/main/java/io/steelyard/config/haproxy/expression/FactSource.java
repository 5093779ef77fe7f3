package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.http.HttpFacts.Measure;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The samples of one HTTP request, as HAProxy 2.6 has them (configuration manual, section 7.3). Used by one thread. */
final class FactSource implements SampleSource {
    private final HttpFacts facts;
    private final UserLists users;

    FactSource(HttpFacts facts, UserLists users) {
        this.facts = facts;
        this.users = users;
    }

    @Override
    public List<Sample> fetch(Fetch fetch) {
        return switch (fetch.method().layer()) {
            case NOTHING -> one(ofProcess(fetch));
            case CONNECTION -> one(ofConnection(fetch));
            case CONTENT -> one(ContentSamples.of(fetch, facts));
            case REQUEST -> ofRequest(fetch);
            case RESPONSE -> ofResponse(fetch);
        };
    }

    @Override
    public boolean isPending(Fetch fetch) {
        return ContentSamples.isPending(fetch, facts);
    }

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(facts.note(name));
    }

    @Override
    public Optional<Sample> table(String converter, Sample sample, List<String> arguments) {
        return CounterSamples.ofTable(converter, sample, arguments, facts);
    }

    private static List<Sample> one(@Nullable Sample sample) {
        return sample == null ? List.of() : List.of(sample);
    }

    private static Sample number(long value) {
        return new Sample.Sint(value);
    }

    private static Sample truth(boolean value) {
        return new Sample.Bool(value);
    }

    private static Sample text(String value) {
        return new Sample.Str(value);
    }

    private static @Nullable Sample textOrNone(@Nullable String value) {
        return value == null ? null : new Sample.Str(value);
    }

    // ---- the process and its pools

    private @Nullable Sample ofProcess(Fetch fetch) {
        return switch (fetch.method().name()) {
            case "rand" -> {
                var bound = fetch.argument(0);
                int range = bound.isEmpty() ? Integer.MAX_VALUE : Math.max(1, Integer.parseInt(bound));
                yield number(ThreadLocalRandom.current().nextInt(range));
            }
            case "date" -> {
                long offset = fetch.argument(0).isEmpty() ? 0 : Long.parseLong(fetch.argument(0));
                long ms = System.currentTimeMillis();
                yield number(
                        switch (fetch.argument(1)) {
                            case "ms" -> ms + offset;
                            case "us" -> ms * 1_000 + offset;
                            default -> ms / 1_000 + offset;
                        });
            }
            case "hostname" -> text(LogFields.HOST_NAME);
            case "nbsrv", "be_conn", "queue", "avg_queue", "connslots" -> ofPool(fetch);
            case "srv_is_up", "srv_conn" -> ofServer(fetch);
            case "fe_conn" -> number(facts.measure(Measure.LISTENER_CONNECTIONS));
            case "be_sess_rate", "fe_sess_rate" -> number(0);
            default -> null;
        };
    }

    private @Nullable Sample ofPool(Fetch fetch) {
        var own = facts.pool().isEmpty() ? facts.listener() : facts.pool();
        var pool = facts.balancer(fetch.argument(0).isEmpty() ? own : fetch.argument(0));
        if (pool == null) {
            // A backend without servers has no pool.
            return number(0);
        }
        int usable = pool.usableServers();
        return switch (fetch.method().name()) {
            case "nbsrv" -> number(usable);
            case "be_conn" -> number(pool.activeFlows() + pool.waitingFlows());
            case "queue" -> number(pool.waitingFlows());
            case "avg_queue" ->
                number(usable == 0 ? pool.waitingFlows() * 2L : (pool.waitingFlows() + usable - 1) / usable);
            default -> {
                long slots = 0;
                for (var server : pool.pool().servers()) {
                    slots += pool.isUsable(server.id())
                            ? Math.max(0, server.maxConnections() - pool.activeFlows(server.id()))
                            : 0;
                }
                yield number(slots);
            }
        };
    }

    private @Nullable Sample ofServer(Fetch fetch) {
        var name = fetch.argument(0);
        int slash = name.indexOf('/');
        var pool = facts.balancer(slash < 0 ? facts.pool() : name.substring(0, slash));
        var server = name.substring(slash + 1);
        if (pool == null) {
            return null;
        }
        return fetch.method().name().equals("srv_is_up")
                ? truth(pool.isUsable(server))
                : number(pool.activeFlows(server));
    }

    // ---- the connection

    private @Nullable Sample ofConnection(Fetch fetch) {
        if (CounterSamples.isOne(fetch.method().name())) {
            return CounterSamples.of(fetch, facts);
        }
        return switch (fetch.method().name()) {
            case "src" -> address(facts.clientAddress());
            case "src_port" -> facts.clientAddress() == null ? null : number(facts.clientPort());
            case "src_is_local" -> truth(isLocal(facts.clientAddress()));
            case "dst" -> address(facts.serverAddress());
            case "dst_port" -> facts.serverAddress() == null ? null : number(facts.serverPort());
            case "dst_is_local" -> truth(isLocal(facts.serverAddress()));
            case "dst_conn" -> number(facts.measure(Measure.LISTENER_CONNECTIONS));
            case "fc_rcvd_proxy" -> truth(facts.isProxied());
            case "fe_name" -> text(facts.listener());
            case "fe_id", "so_id", "be_id", "srv_id" -> null;
            case "fe_defbe", "so_name" -> null;
            case "be_name" -> facts.pool().isEmpty() ? text(facts.listener()) : text(facts.pool());
            case "srv_name" -> facts.server().isEmpty() ? null : text(facts.server());
            case "uuid" -> text(UUID.randomUUID().toString());
            case "unique-id" -> textOrNone(facts.note("txn.unique-id"));
            case "var" -> textOrNone(facts.note(fetch.argument(0)));
            default -> TlsSamples.of(fetch, facts);
        };
    }

    /** Clients on UNIX sockets have none. */
    private static @Nullable Sample address(@Nullable InetAddress address) {
        return address == null ? null : new Sample.Addr(address);
    }

    private static boolean isLocal(@Nullable InetAddress address) {
        if (address == null) {
            // HAProxy takes UNIX sockets for local.
            return true;
        }
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }

    // ---- the request

    private List<Sample> ofRequest(Fetch fetch) {
        var fields = facts.requestFields();
        return switch (fetch.method().name()) {
            case "method" -> one(new Sample.Method(facts.method()));
            case "path" -> one(text(Targets.path(facts.target())));
            case "pathq" -> one(text(Targets.pathAndQuery(facts.target())));
            case "query" -> one(textOrNone(Targets.query(facts.target())));
            case "url" -> one(text(facts.target()));
            case "url_ip", "url_port" -> List.of();
            case "url_param" ->
                Targets.parameters(facts.target(), fetch).stream()
                        .map(FactSource::text)
                        .toList();
            case "urlp_val" -> numbers(Targets.parameters(facts.target(), fetch));
            case "base" -> one(text(base()));
            case "base32" -> one(number(Targets.hash(base())));
            case "base32+src" -> one(withClient(Targets.hash(base())));
            case "url32" -> one(number(Targets.hash(url())));
            case "url32+src" -> one(withClient(Targets.hash(url())));
            case "req.ver" -> one(text(facts.version()));
            case "req.cook", "req.cook_val", "req.cook_cnt" -> cookies(fetch, FieldSamples.cookies(fields, "cookie"));
            case "capture.req.hdr" -> one(textOrNone(facts.note("capture.req." + fetch.argument(0))));
            case "capture.req.method" -> one(text(facts.originalMethod()));
            case "capture.req.uri" -> one(text(facts.originalTarget()));
            case "capture.req.ver" -> one(text("HTTP/" + facts.version()));
            case "http_auth" -> one(truth(users.admits(fetch.argument(0), authorization())));
            case "http_auth_group" -> one(textOrNone(users.group(fetch.argument(0), authorization())));
            case "http_first_req" -> one(truth(facts.measure(Measure.REQUEST_NUMBER) == 1));
            case "req.body_len" -> one(number(Math.max(0, facts.measure(Measure.BODY_BYTES))));
            default -> FieldSamples.of(fields, fetch, "req.");
        };
    }

    private @Nullable String authorization() {
        return FieldSamples.last(facts.requestFields(), "authorization");
    }

    /** The host and the path. */
    private String base() {
        var host = FieldSamples.last(facts.requestFields(), "host");
        return (host == null ? "" : host) + Targets.path(facts.target());
    }

    /** The host, the path and the query. */
    private String url() {
        var host = FieldSamples.last(facts.requestFields(), "host");
        return (host == null ? "" : host) + Targets.pathAndQuery(facts.target());
    }

    /** The 4 octets of a hash, and those of the client's address; nothing for a client on a UNIX socket. */
    private @Nullable Sample withClient(long hash) {
        var client = facts.clientAddress();
        if (client == null) {
            return null;
        }
        var address = client.getAddress();
        return new Sample.Binary(ByteBuffer.allocate(4 + address.length)
                .putInt((int) hash)
                .put(address)
                .array());
    }

    // ---- the answer

    private List<Sample> ofResponse(Fetch fetch) {
        var fields = facts.answerFields();
        if (fields == null) {
            return List.of();
        }
        return switch (fetch.method().name()) {
            case "status" -> one(number(facts.status()));
            case "res.ver" -> one(text("1.1"));
            case "res.cook", "res.cook_cnt" -> cookies(fetch, FieldSamples.cookies(fields, "set-cookie"));
            case "res.len" -> List.of();
            default -> FieldSamples.of(fields, fetch, "res.");
        };
    }

    private static List<Sample> numbers(List<String> texts) {
        var numbers = new ArrayList<Sample>();
        for (var each : texts) {
            text(each).as(Sample.Type.SINT).ifPresent(numbers::add);
        }
        return numbers;
    }

    private static List<Sample> cookies(Fetch fetch, List<Map.Entry<String, String>> all) {
        var wanted = fetch.argument(0);
        var values = all.stream()
                .filter(cookie -> wanted.isEmpty() || cookie.getKey().equals(wanted))
                .map(Map.Entry::getValue)
                .toList();
        if (fetch.method().name().endsWith("_cnt")) {
            return one(number(values.size()));
        }
        var samples = fetch.method().name().endsWith("_val")
                ? numbers(values)
                : values.stream().map(FactSource::text).toList();
        return samples;
    }

    /** The value of a field of a log, such as {@code ci}; absent for none. */
    Optional<String> field(String name) {
        return LogFields.value(facts, name);
    }
}

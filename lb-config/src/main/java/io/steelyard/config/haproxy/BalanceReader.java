package io.steelyard.config.haproxy;

import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.config.haproxy.expression.Expression;
import io.steelyard.config.haproxy.expression.FetchMethod.Layer;
import io.steelyard.config.haproxy.expression.Quoting;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code balance} with {@code hash-type} and {@code hash-balance-factor}. */
final class BalanceReader {
    private static final Pattern RANDOM = Pattern.compile("random(?:\\((\\d{1,9})\\))?");
    private static final Pattern RDP = Pattern.compile("rdp-cookie(?:\\(.*\\))?");
    private static final Pattern HEADER = Pattern.compile("hdr\\(.*\\)");

    /** Algorithms that turn, so that a retry goes to the next server at once. */
    private static final Set<String> TURNING = Set.of("haproxy.roundrobin", "haproxy.static-rr", "haproxy.random");

    private final Findings findings;
    private final Texts texts;

    BalanceReader(Findings findings, Texts texts) {
        this.findings = findings;
        this.texts = texts;
    }

    /** Gives a pool its scheduler: {@code roundrobin} where the backend names none. */
    void read(Proxy backend, ServerPool.Builder pool, String path) {
        var balance = backend.last("balance")
                .filter(statement -> !statement.arguments().isEmpty());
        if (balance.isEmpty()) {
            pool.scheduler("haproxy.roundrobin");
            return;
        }
        findings.place(path + ".scheduler", balance.get().position());
        var word = balance.get().argument(0);
        switch (word.text()) {
            case "roundrobin", "static-rr", "leastconn", "first" -> pool.scheduler("haproxy." + word.text());
            case "source" -> pool.scheduler(new SchedulerSpec("haproxy.source", hashOptions(backend)));
            case "hash" -> readHash(balance.get(), backend, pool);
            case "uri", "url_param" -> {
                if (backend.isHttp()) {
                    readKey(balance.get(), backend, pool);
                } else {
                    fallBack(word, pool);
                }
            }
            default -> readOther(word, backend, pool);
        }
    }

    /** Whether a retry goes to the next server at once and not to the same one. */
    static boolean isTurning(ServerPool pool) {
        return TURNING.contains(pool.scheduler().name());
    }

    private void readOther(Word word, Proxy backend, ServerPool.Builder pool) {
        var random = RANDOM.matcher(word.text());
        if (random.matches()) {
            var options = new HashMap<String, String>();
            factor(backend, options);
            options.put("draws", random.group(1) == null ? "2" : random.group(1));
            pool.scheduler(new SchedulerSpec("haproxy.random", options));
        } else if (RDP.matcher(word.text()).matches()) {
            var name = word.text().contains("(") ? word.text().substring("rdp-cookie".length()) : "(mstshash)";
            hashed(
                    backend.last("balance").orElseThrow(),
                    Quoting.join(List.of("req.rdp_cookie" + name)),
                    backend,
                    pool);
        } else if (HEADER.matcher(word.text()).matches()) {
            if (backend.isHttp()) {
                readKey(backend.last("balance").orElseThrow(), backend, pool);
            } else {
                fallBack(word, pool);
            }
        }
    }

    private void fallBack(Word word, ServerPool.Builder pool) {
        findings.warning(
                word.position(),
                "'balance " + word + "' needs mode http: it is round robin here, as in HAProxy",
                "write 'balance source' for clients to keep their server");
        pool.scheduler("haproxy.roundrobin");
    }

    /** Whether the bodies of requests are looked into: {@code balance url_param NAME check_post}. */
    static boolean isPosted(Proxy backend) {
        return backend.last("balance")
                .map(Statement::texts)
                .filter(words -> words.size() > 2
                        && words.getFirst().equals("url_param")
                        && words.get(2).equals("check_post"))
                .isPresent();
    }

    /** {@code uri}, {@code url_param NAME} and {@code hdr(NAME)} of mode http. */
    private void readKey(Statement balance, Proxy backend, ServerPool.Builder pool) {
        var words = balance.texts();
        var first = words.getFirst();
        String text;
        if (first.equals("uri")) {
            text = Quoting.join(words);
        } else if (first.equals("url_param")) {
            var name = words.size() < 2 ? "" : words.get(1);
            var fetch = "url_param(" + name + ")";
            text = Quoting.join(isPosted(backend) ? List.of("posted", fetch, name) : List.of(fetch));
        } else {
            var fetch = "req.hdr" + first.substring(3, first.length() - 1) + ",1)";
            text = Quoting.join(words.contains("use_domain_only") ? List.of("domain", fetch) : List.of(fetch));
        }
        hashed(balance, text, backend, pool);
    }

    private void hashed(Statement balance, String text, Proxy backend, ServerPool.Builder pool) {
        try {
            pool.hashKey(texts.key(backend, text));
        } catch (IllegalArgumentException | IndexOutOfBoundsException wrong) {
            findings.error(balance.argument(0).position(), "'balance': " + wrong.getMessage(), "", "");
        }
        pool.scheduler(new SchedulerSpec("haproxy.hash", hashOptions(backend)));
    }

    private void readHash(Statement balance, Proxy backend, ServerPool.Builder pool) {
        if (balance.arguments().size() != 2) {
            findings.error(balance.position(), "'balance hash' has no expression", "one, such as src", "");
            return;
        }
        var word = balance.argument(1);
        var key = switch (word.text()) {
            case "src" -> "$binary_remote_addr";
            default -> "";
        };
        if (key.isEmpty()) {
            tellUnknown(word, backend);
            hashed(balance, Quoting.join(List.of(word.text())), backend, pool);
            return;
        }
        pool.hashKey(key);
        pool.scheduler(new SchedulerSpec("haproxy.hash", hashOptions(backend)));
    }

    /** In mode tcp there is nothing of requests. */
    private void tellUnknown(Word word, Proxy backend) {
        try {
            var fetch = Expression.parse(word.text()).fetch();
            if (!backend.isHttp() && fetch.method().layer().compareTo(Layer.CONTENT) > 0) {
                findings.error(
                        word.position(),
                        "'balance hash " + word + "' cannot be honoured: '" + fetch + "' is not known in mode tcp",
                        "what addresses, TLS and the client's first bytes tell",
                        "");
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException toldElsewhere) {
            // Making the key of it tells what is wrong.
            return;
        }
    }

    private static Map<String, String> hashOptions(Proxy backend) {
        var options = new HashMap<String, String>();
        factor(backend, options);
        backend.last("hash-type").ifPresent(type -> {
            var words = type.texts();
            options.put("hash-type", words.getFirst());
            if (words.size() > 1) {
                options.put("function", words.get(1));
            }
            if (words.size() > 2) {
                options.put("avalanche", "true");
            }
        });
        return options;
    }

    private static void factor(Proxy backend, Map<String, String> options) {
        backend.last("hash-balance-factor")
                .ifPresent(factor ->
                        options.put("hash-balance-factor", factor.argument(0).text()));
    }
}

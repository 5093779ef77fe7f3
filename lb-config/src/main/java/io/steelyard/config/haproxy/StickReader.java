package io.steelyard.config.haproxy;

import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.affinity.TableAffinity.Use;
import io.steelyard.api.pool.Affinity;
import io.steelyard.config.haproxy.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code stick-table} and {@code stick}: which server a client had last, by its address or by whatever its requests have. */
final class StickReader {
    private static final int MOST_CLIENTS = 1 << 24;
    private static final int MOST_KEY_BYTES = 1_024;
    private static final Set<String> KINDS = Set.of("ip", "ipv6");

    /** Of keys as texts, for each type; strings and binary keys have 32 bytes where nothing is said. */
    private static final Map<String, Integer> KEY_BYTES =
            Map.of("ip", 45, "ipv6", 45, "integer", 20, "string", 32, "binary", 32);

    private static final Map<String, Use> USES = Map.of(
            "stick on", Use.MATCH_AND_STORE,
            "stick match", Use.MATCH,
            "stick store-request", Use.STORE_REQUEST,
            "stick store-response", Use.STORE_RESPONSE);

    private final Findings findings;

    private final Rules rules;
    private final Texts texts;
    private final Map<String, StickTable> tables = new LinkedHashMap<>();

    StickReader(Findings findings, Rules rules, Texts texts) {
        this.findings = findings;
        this.rules = rules;
        this.texts = texts;
    }

    /** The tables that rules were read for, each named like its proxy. */
    List<StickTable> tables() {
        return List.copyOf(tables.values());
    }

    // ---- mode http: by whatever a request or an answer has

    /** What a backend in mode http does with tables, in order. */
    List<TableAffinity> rules(Proxy backend) {
        var made = new ArrayList<TableAffinity>();
        for (var statement : backend.statements()) {
            var use = USES.get(statement.keyword().name());
            if (use != null && statement.prefix() == Statement.Prefix.NONE && !isOfAddress(backend)) {
                rule(backend, statement, use).ifPresent(made::add);
            }
        }
        return made;
    }

    /** Whether nothing but {@code stick on src} is said, for which the pool itself has an affinity. */
    private static boolean isOfAddress(Proxy backend) {
        var all = USES.keySet().stream()
                .flatMap(keyword -> backend.all(keyword).stream())
                .toList();
        return all.size() == 1
                && all.getFirst().is("stick on")
                && all.getFirst().texts().equals(List.of("src"))
                && backend.last("stick-table")
                        .filter(table ->
                                table.texts().contains("ip") || table.texts().contains("ipv6"))
                        .isPresent();
    }

    private Optional<TableAffinity> rule(Proxy backend, Statement statement, Use use) {
        var words = statement.arguments();
        int end = Rules.conditionStart(words);
        var expression = words.getFirst();
        boolean namesTable = end == 3 && words.get(1).text().equals("table");
        if (end != 1 && !namesTable) {
            findings.error(
                    statement.position(),
                    "'" + statement.keyword().name() + "' cannot be read",
                    "an expression, 'table' and its name, and a condition",
                    "");
            return Optional.empty();
        }
        var owner = namesTable ? words.get(2).text() : backend.name().text();
        if (!tables.containsKey(owner)) {
            findings.error(
                    statement.position(),
                    "'" + statement.keyword().name() + "' has no table '" + owner + "'",
                    "a proxy of this name with a stick-table",
                    "");
            return Optional.empty();
        }
        var condition = words.subList(end, words.size());
        if (rules.condition(backend, condition).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TableAffinity(
                    use, owner, texts.key(backend, expression.text()), texts.condition(backend, condition)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException wrong) {
            findings.error(expression.position(), "'" + statement.keyword().name() + "': " + wrong.getMessage());
            return Optional.empty();
        }
    }

    /** Reads the table of a proxy, so that rules of any proxy may use it; in mode tcp only where it counts anything. */
    void addTable(Proxy proxy) {
        proxy.last("stick-table")
                .filter(statement -> proxy.isHttp() || statement.texts().contains("store"))
                .flatMap(this::table)
                .ifPresent(read -> {
                    var name = proxy.name().text();
                    int keyBytes = read.keyBytes();
                    int capacity = (int) Math.min(read.size(), MOST_CLIENTS);
                    var expire = read.expire().equals(Values.LONGEST) ? Duration.ZERO : read.expire();
                    tables.put(
                            name,
                            new StickTable(
                                    name,
                                    keyBytes,
                                    capacity,
                                    expire,
                                    read.purges(),
                                    StickTable.Keys.valueOf(read.type().toUpperCase(Locale.ROOT)),
                                    read.counters()));
                });
    }

    // ---- both modes: by the client's address

    Optional<Affinity> affinity(Proxy backend) {
        var stick = backend.last("stick on");
        if (stick.isEmpty() || backend.isHttp() && !isOfAddress(backend)) {
            return Optional.empty();
        }
        var words = stick.get().texts();
        var table = backend.last("stick-table");
        if (words.size() != 1
                || !words.getFirst().equals("src")
                || backend.all("stick on").size() > 1) {
            findings.error(
                    stick.get().position(),
                    "'stick on " + String.join(" ", words)
                            + "' cannot be honoured: clients come back by their address alone",
                    "one 'stick on src'",
                    "");
            return Optional.empty();
        }
        if (table.isEmpty()) {
            findings.error(stick.get().position(), "'stick on' has no table", "a stick-table in the same backend", "");
            return Optional.empty();
        }
        return read(table.get());
    }

    private Optional<Affinity> read(Statement statement) {
        var table = table(statement);
        if (table.isEmpty()) {
            return Optional.empty();
        }
        if (!KINDS.contains(table.get().type())) {
            findings.error(
                    statement.position(), "'stick-table' cannot remember clients", "type ip or ipv6, and a size", "");
            return Optional.empty();
        }
        var rule = Affinity.bySource(Duration.ofMillis(table.get().expire().toMillis()));
        int size = (int) Math.min(table.get().size(), MOST_CLIENTS);
        return Optional.of(new Affinity(rule.ipv4Prefix(), rule.ipv6Prefix(), rule.timeout(), size));
    }

    /** A table as it was written. */
    private record Table(
            String type, int keyBytes, long size, Duration expire, boolean purges, List<StickTable.Counter> counters) {}

    private Optional<Table> table(Statement table) {
        var words = table.arguments();
        var expire = Values.LONGEST;
        long size = 0;
        var type = "";
        int keyBytes = 0;
        boolean purges = true;
        var counters = new ArrayList<StickTable.Counter>();
        for (int i = 0; i < words.size(); i++) {
            var name = words.get(i).text();
            if (name.equals("nopurge")) {
                purges = false;
                continue;
            }
            if (i + 1 == words.size()) {
                findings.error(words.get(i).position(), "'" + name + "' of 'stick-table' has no value");
                return Optional.empty();
            }
            var value = words.get(++i);
            try {
                switch (name) {
                    case "type" -> {
                        type = value.text();
                        keyBytes = KEY_BYTES.getOrDefault(type, 0);
                    }
                    case "len" -> keyBytes = Values.number(value.text(), 1, MOST_KEY_BYTES);
                    case "size" -> size = Values.size(value.text());
                    case "expire" -> expire = Values.positiveTime(value.text());
                    case "store" -> store(words.get(i - 1), value, counters);
                    case "peers", "srvkey", "write-to" ->
                        findings.accepted(
                                words.get(i - 1).position(),
                                name + "' of 'stick-table",
                                "the table is of this process alone");
                    default ->
                        findings.error(
                                words.get(i - 1).position(),
                                "'stick-table' has no parameter '" + name + "'",
                                "type, len, size, expire, nopurge, store or peers",
                                "");
                }
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        value.position(), "'" + name + "' is '" + value + "'", String.valueOf(wrong.getMessage()), "");
                return Optional.empty();
            }
        }
        if (keyBytes == 0 || size < 1) {
            findings.error(
                    table.position(),
                    "'stick-table' cannot remember clients",
                    "type ip, ipv6, integer, string or binary, and a size",
                    "");
            return Optional.empty();
        }
        return Optional.of(new Table(type, keyBytes, size, expire, purges, counters));
    }

    /** Such as {@code gpc0,http_req_rate(10s)}; which server a client had is stored anyway. */
    private void store(Word keyword, Word list, List<StickTable.Counter> counters) {
        // Commas within parentheses are part of an item.
        for (var item : list.text().split(",(?![^()]*\\))")) {
            int open = item.indexOf('(');
            var name = open < 0 ? item : item.substring(0, open);
            if (name.equals("server_id") || name.equals("server_key")) {
                continue;
            }
            var count = StickCount.named(name)
                    .orElseThrow(() -> new IllegalArgumentException("'" + name
                            + "' cannot be stored, expected server_id, gpt0, gpc0, gpc1, gpt(SIZE), gpc(SIZE), gpc_rate(SIZE,PERIOD), conn_cnt, conn_cur, sess_cnt, http_req_cnt, "
                            + "http_err_cnt, http_fail_cnt, bytes_in_cnt or bytes_out_cnt, or a rate with its period, such as "
                            + "http_req_rate(10s)"));
            var arguments = open > 0 && item.endsWith(")") ? item.substring(open + 1, item.length() - 1) : "";
            var counter = count.isArray() ? array(count, arguments) : single(count, open > 0, arguments);
            if (counters.stream().noneMatch(known -> known.count() == count)) {
                counters.add(counter);
            } else {
                findings.warning(keyword.position(), "'stick-table' stores '" + name + "' twice", "leave one out");
            }
        }
        for (var counter : counters) {
            var array = counter.count().array();
            if (array != null && counters.stream().anyMatch(other -> other.count() == array)) {
                throw new IllegalArgumentException(
                        "'" + counter.count().countName() + "' cannot be stored beside '" + array.countName()
                                + "', whose element " + counter.count().element() + " it is; leave one out");
            }
        }
    }

    private static StickTable.Counter single(StickCount count, boolean hasArgument, String argument) {
        var name = count.countName();
        if (count.isRate() ? argument.isEmpty() : hasArgument) {
            throw new IllegalArgumentException(
                    count.isRate()
                            ? "'" + name + "' has no period, such as " + name + "(10s)"
                            : "'" + name + "' is no rate");
        }
        return new StickTable.Counter(count, count.isRate() ? Values.positiveTime(argument) : Duration.ZERO);
    }

    /** @param arguments how many, and of a rate its period, such as {@code 4,10s} */
    private static StickTable.Counter array(StickCount count, String arguments) {
        var parts = arguments.split(",", -1);
        if (parts.length != (count.isRate() ? 2 : 1) || !parts[0].matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + count.countName() + "' has to say how many there are"
                    + (count.isRate() ? ", and its period" : "") + ", such as " + count.countName()
                    + (count.isRate() ? "(4,10s)" : "(4)"));
        }
        var period = count.isRate() ? Values.positiveTime(parts[1]) : Duration.ZERO;
        return new StickTable.Counter(count, period, Integer.parseInt(parts[0]));
    }
}

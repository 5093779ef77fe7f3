package io.steelyard.http.proxy;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpVersion;
import java.net.InetAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What expressions see of one request. Owned by its exchange's loop. */
final class RequestView implements HttpFacts {
    private final Exchange exchange;
    private final BlockFields requestFields;

    RequestView(Exchange exchange) {
        this.exchange = exchange;
        requestFields = new BlockFields(exchange.request().fields());
    }

    /** The fields of a block. */
    private record BlockFields(FieldBlock block) implements Fields {
        @Override
        public int count() {
            return block.count();
        }

        @Override
        public boolean isNamed(int index, String name) {
            int start = block.nameStart(index);
            if (block.nameEnd(index) - start != name.length()) {
                return false;
            }
            for (int i = 0; i < name.length(); i++) {
                if (lower(block.bytes()[start + i]) != lower(name.charAt(i))) {
                    return false;
                }
            }
            return true;
        }

        private static int lower(int c) {
            return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
        }

        @Override
        public String name(int index) {
            return block.name(index);
        }

        @Override
        public String value(int index) {
            return block.value(index);
        }
    }

    /** Fields of an answer, and behind them the length and coding that its server said, which stand apart. */
    private record AnswerFieldsView(BlockFields fields, BlockFields said, int length, int coding) implements Fields {
        @Override
        public int count() {
            return fields.count() + (length < 0 ? 0 : 1) + (coding < 0 ? 0 : 1);
        }

        private int behind(int index) {
            return index == fields.count() && length >= 0 ? length : coding;
        }

        @Override
        public boolean isNamed(int index, String name) {
            return index < fields.count() ? fields.isNamed(index, name) : said.isNamed(behind(index), name);
        }

        @Override
        public String name(int index) {
            return index < fields.count() ? fields.name(index) : said.name(behind(index));
        }

        @Override
        public String value(int index) {
            return index < fields.count() ? fields.value(index) : said.value(behind(index));
        }
    }

    @Override
    public @Nullable InetAddress clientAddress() {
        return exchange.who().address();
    }

    @Override
    public int clientPort() {
        return exchange.who().port();
    }

    @Override
    public @Nullable InetAddress serverAddress() {
        return exchange.client().facts().destinationAddress();
    }

    @Override
    public int serverPort() {
        return exchange.client().facts().destinationPort();
    }

    @Override
    public boolean isProxied() {
        return exchange.client().facts().isProxied();
    }

    @Override
    public @Nullable String tls(String variable) {
        return exchange.facts().value(HttpVariable.SSL_, variable);
    }

    @Override
    public String method() {
        return exchange.facts().method();
    }

    @Override
    public String target() {
        return exchange.facts().target();
    }

    @Override
    public String originalTarget() {
        return exchange.request().target();
    }

    @Override
    public String originalMethod() {
        return exchange.request().methodText();
    }

    @Override
    public String version() {
        var version = exchange.request().version();
        return version == HttpVersion.HTTP_1_0 ? "1.0" : version.toString().replaceFirst("^HTTP/", "");
    }

    @Override
    public Fields requestFields() {
        return requestFields;
    }

    @Override
    public int status() {
        return exchange.facts().status();
    }

    @Override
    public @Nullable Fields answerFields() {
        var answer = exchange.facts().servers().answer();
        if (answer == null && exchange.facts().status() == 0) {
            return null;
        }
        var fields = new BlockFields(exchange.answer().fields());
        if (answer == null) {
            return fields;
        }
        var said = answer.fields();
        return new AnswerFieldsView(
                fields,
                new BlockFields(said),
                said.find(FieldName.CONTENT_LENGTH),
                said.find(FieldName.TRANSFER_ENCODING));
    }

    @Override
    public String listener() {
        return exchange.plan().server().name();
    }

    @Override
    public String pool() {
        return exchange.progress().pool();
    }

    @Override
    public String server() {
        return exchange.progress().server();
    }

    @Override
    public @Nullable Balancer balancer(String pool) {
        return exchange.plan().pools().get(pool);
    }

    @Override
    public String termination() {
        return exchange.progress().termination();
    }

    @Override
    public String persistence() {
        return exchange.persistence();
    }

    @Override
    public long measure(Measure measure) {
        var progress = exchange.progress();
        var client = exchange.client();
        return switch (measure) {
            case ACCEPTED_AT -> Instant.now().toEpochMilli() - (client.nowNs() - client.openedNs()) / 1_000_000;
            case REQUEST_AT -> Instant.now().toEpochMilli() - progress.agoMs(client.nowNs());
            case IDLE_MS -> progress.idleMs();
            case HEADER_MS -> progress.headerMs();
            case QUEUE_MS -> progress.queueMs();
            case CONNECT_MS -> progress.connectMs();
            case ANSWER_MS -> progress.answerMs();
            case ACTIVE_MS -> progress.activeMs();
            case TOTAL_MS -> progress.totalMs();
            case BYTES_SENT -> client.answerHeadBytes() + client.answerBodyBytes();
            case BYTES_RECEIVED -> client.requestBytes();
            case RETRIES -> progress.retries();
            case SERVER_QUEUE_POSITION -> progress.serverQueuePosition();
            case POOL_QUEUE_POSITION -> progress.poolQueuePosition();
            case REDISPATCHED -> progress.isRedispatched() ? 1 : 0;
            case REQUEST_NUMBER -> client.requestNumber();
            case CONNECTION_NUMBER ->
                Long.parseLong(String.valueOf(client.facts().value(BuiltInVariable.CONNECTION)));
            case LISTENER_CONNECTIONS -> exchange.plan().openConnections();
            case PROCESS_CONNECTIONS -> exchange.plan().openConnections();
            case BODY_BYTES -> -1;
        };
    }

    @Override
    public @Nullable String bodyStart() {
        return exchange.bodyStart();
    }

    @Override
    public @Nullable CountedKeys table(String name) {
        return exchange.facts().tracking().tables().counted(name);
    }

    @Override
    public @Nullable CountedKey tracked(int slot) {
        return exchange.facts().tracking().tracked(slot);
    }

    @Override
    public @Nullable String note(String name) {
        return exchange.facts().notes().get(name);
    }
}

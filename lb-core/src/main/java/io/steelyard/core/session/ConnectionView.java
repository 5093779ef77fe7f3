package io.steelyard.core.session;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.ConnectionFacts;
import java.net.InetAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What expressions see of a connection that carries no HTTP, or none yet: of requests and answers nothing is known. Owned by its loop. */
final class ConnectionView implements HttpFacts {
    private static final Fields NONE = new Fields() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public boolean isNamed(int index, String name) {
            return false;
        }

        @Override
        public String name(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public String value(int index) {
            throw new IndexOutOfBoundsException(index);
        }
    };

    private final ConnectionFacts facts;
    private final String listener;
    private final StickTables tables;
    private final TrackedKeys tracked;
    private final Function<String, @Nullable Balancer> pools;

    ConnectionView(
            ConnectionFacts facts,
            String listener,
            StickTables tables,
            TrackedKeys tracked,
            Function<String, @Nullable Balancer> pools) {
        this.facts = facts;
        this.listener = listener;
        this.tables = tables;
        this.tracked = tracked;
        this.pools = pools;
    }

    @Override
    public InetAddress clientAddress() {
        var client = facts.clientAddress();
        return client == null ? InetAddress.getLoopbackAddress() : client;
    }

    @Override
    public int clientPort() {
        return facts.clientPort();
    }

    @Override
    public InetAddress serverAddress() {
        var server = facts.serverAddress();
        return server == null ? InetAddress.getLoopbackAddress() : server;
    }

    @Override
    public int serverPort() {
        return facts.serverPort();
    }

    @Override
    public @Nullable String tls(String variable) {
        return facts.tls(variable);
    }

    @Override
    public String method() {
        return "";
    }

    @Override
    public String target() {
        return "";
    }

    @Override
    public String originalTarget() {
        return "";
    }

    @Override
    public String originalMethod() {
        return "";
    }

    @Override
    public String version() {
        return "";
    }

    @Override
    public Fields requestFields() {
        return NONE;
    }

    @Override
    public int status() {
        return 0;
    }

    @Override
    public @Nullable Fields answerFields() {
        return null;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public String pool() {
        return "";
    }

    @Override
    public String server() {
        return "";
    }

    @Override
    public @Nullable Balancer balancer(String pool) {
        return pools.apply(pool);
    }

    @Override
    public String termination() {
        return "--";
    }

    @Override
    public long measure(Measure measure) {
        return -1;
    }

    @Override
    public @Nullable CountedKeys table(String name) {
        return tables.counted(name);
    }

    @Override
    public @Nullable CountedKey tracked(int slot) {
        return tracked.get(slot);
    }

    @Override
    public @Nullable String note(String name) {
        return null;
    }
}

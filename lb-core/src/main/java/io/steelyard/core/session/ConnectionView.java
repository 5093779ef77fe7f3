package io.steelyard.core.session;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.realip.greeting.ClientHello;
import java.net.InetAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What expressions see of a connection that carries no HTTP, or none yet: of requests and answers nothing is known. Its owner tells it what happens.
 * Owned by the connection's loop.
 */
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
    private final StreamRecord record = new StreamRecord();
    private byte @Nullable [] firstBytes;
    private boolean isMoreExpected;
    private boolean isMoreAwaited;

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

    /** What happens to it. */
    StreamRecord record() {
        return record;
    }

    /** What the client has sent so far, and whether values may wait for more of it. */
    void firstBytes(byte[] bytes, boolean isMore) {
        firstBytes = bytes;
        isMoreExpected = isMore;
    }

    /** Whether a value that was worked out since the last call waits for more. */
    boolean takeAwaited() {
        boolean isAwaited = isMoreAwaited;
        isMoreAwaited = false;
        return isAwaited;
    }

    TrackedKeys trackedKeys() {
        return tracked;
    }

    @Override
    public boolean isProxied() {
        return facts.isProxied();
    }

    @Override
    public byte @Nullable [] firstBytes() {
        return firstBytes;
    }

    @Override
    public @Nullable TlsGreeting greeting() {
        var bytes = firstBytes;
        if (bytes == null || !(ClientHello.parse(bytes, bytes.length) instanceof ClientHello.Result.Found found)) {
            return null;
        }
        var hello = found.hello();
        return new TlsGreeting(hello.serverName(), hello.version(), hello.protocols());
    }

    @Override
    public boolean isMoreExpected() {
        return isMoreExpected;
    }

    @Override
    public void awaitMore() {
        isMoreAwaited = true;
    }

    @Override
    public @Nullable InetAddress clientAddress() {
        return facts.clientAddress();
    }

    @Override
    public int clientPort() {
        return facts.clientPort();
    }

    @Override
    public @Nullable InetAddress serverAddress() {
        return facts.destinationAddress();
    }

    @Override
    public int serverPort() {
        return facts.destinationPort();
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
        return record.pool();
    }

    @Override
    public String server() {
        return record.server();
    }

    @Override
    public @Nullable Balancer balancer(String pool) {
        return pools.apply(pool);
    }

    @Override
    public String termination() {
        return record.termination();
    }

    @Override
    public long measure(Measure measure) {
        return record.measure(measure);
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

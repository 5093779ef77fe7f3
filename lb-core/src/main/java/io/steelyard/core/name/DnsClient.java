package io.steelyard.core.name;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.steelyard.api.pool.NameSlot;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers, with Netty's client: by UDP, from a port and with a number of chance each time (RFC 5452 section 9), and by TCP where the answer
 * does not fit. It lives for the questions of one name. One thread.
 */
final class DnsClient implements AutoCloseable {
    private final List<InetSocketAddress> servers;
    private final int first;
    private final long tryNs;
    private final long deadlineNs;
    private final EventLoopGroup loop;
    private final DnsNameResolver resolver;

    /** How often all servers are asked at once; 0 where they take turns. */
    private final int tries;

    private final Function<InetSocketAddress, NameServerCounts> counts;

    /**
     * What an answer says.
     *
     * @param isKnown whether there is such a name
     * @param records those of known types
     */
    record Answer(boolean isKnown, List<DnsRecord> records) {}

    /** A server refuses to answer (RFC 1035 section 4.1.1, code 5). */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * @param first whose turn it is among the servers
     * @param trying for how long a server may be silent before the next is asked
     * @param deadlineNs for all questions, by {@link System#nanoTime}
     */
    DnsClient(List<InetSocketAddress> servers, int first, Duration trying, long deadlineNs) {
        this(servers, first, trying, deadlineNs, 0, 0, server -> new NameServerCounts());
    }

    /** Asks all servers at once, as a slot says. */
    DnsClient(List<InetSocketAddress> servers, NameSlot slot, Function<InetSocketAddress, NameServerCounts> counts) {
        this(servers, 0, slot.tryTimeout(), 0, slot.tries(), slot.payloadBytes(), counts);
    }

    private DnsClient(
            List<InetSocketAddress> servers,
            int first,
            Duration trying,
            long deadlineNs,
            int tries,
            int payloadBytes,
            Function<InetSocketAddress, NameServerCounts> counts) {
        this.counts = counts;
        this.tries = tries;
        this.servers = servers;
        this.first = first;
        this.deadlineNs = deadlineNs;
        tryNs = trying.toNanos();
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("name-servers", true), NioIoHandler.newFactory());
        var builder = new DnsNameResolverBuilder(loop.next())
                .datagramChannelType(NioDatagramChannel.class)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(new SingletonDnsServerAddressStreamProvider(servers.getFirst()))
                .searchDomains(List.of())
                .ndots(0)
                .optResourceEnabled(payloadBytes > 0)
                .queryTimeoutMillis(trying.toMillis())
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
        if (payloadBytes > 0) {
            builder.maxPayloadSize(payloadBytes);
        }
        resolver = builder.build();
    }

    /**
     * The answer of the first server that gives one: records, or that there are none.
     *
     * @throws SocketTimeoutException where all are asked at once, and none answers
     * @throws IOException where none does in time, or each tells of a failure of its own
     * @throws IllegalArgumentException where that can be no name
     */
    Answer ask(String name, DnsRecordType type) throws IOException {
        if (tries > 0) {
            return askAll(name, type);
        }
        var failure = new IOException("no name server answers for " + name);
        for (int i = 0; i == 0 || System.nanoTime() - deadlineNs < 0; i++) {
            var server = servers.get(Math.floorMod(first + i, servers.size()));
            long startNs = System.nanoTime();
            try {
                return ask(server, name, type);
            } catch (IOException unanswered) {
                failure = unanswered;
            }
            boolean isRoundOver = i >= servers.size() - 1;
            if (isRoundOver && System.nanoTime() - startNs < tryNs) {
                // It said no at once, and would say so again.
                break;
            }
        }
        throw failure;
    }

    private Answer ask(InetSocketAddress server, String name, DnsRecordType type) throws IOException {
        var answered = resolver.query(server, new DefaultDnsQuestion(name, type));
        try {
            var envelope = answered.get(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            try {
                return read(envelope.content(), server, name);
            } finally {
                envelope.release();
            }
        } catch (ExecutionException failed) {
            throw new IOException(server + " does not answer for " + name, failed.getCause());
        } catch (TimeoutException late) {
            answered.cancel(true);
            throw new SocketTimeoutException("the name server does not answer in time");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a name server was asked");
        }
    }

    /** What a server said: an answer, a failure, or null for nothing. */
    private record Said(@Nullable Answer answer, @Nullable IOException failure) {}

    private Answer askAll(String name, DnsRecordType type) throws IOException {
        for (int i = 0; i < tries; i++) {
            var said = new LinkedBlockingQueue<Said>();
            for (var server : servers) {
                var count = counts.apply(server);
                count.asked();
                resolver.query(server, new DefaultDnsQuestion(name, type)).addListener(done -> {
                    var one = said(done, server, name);
                    count.said(one.answer(), one.failure());
                    said.add(one);
                });
            }
            IOException failure = null;
            Answer without = null;
            int silent = 0;
            long endNs = System.nanoTime() + tryNs;
            for (int heard = 0; heard < servers.size(); heard++) {
                var one = next(said);
                var answer = one.answer();
                if (answer != null && !answer.records().isEmpty()) {
                    return answer;
                }
                without = answer == null ? without : answer;
                failure = one.failure() == null ? failure : one.failure();
                silent += answer == null && one.failure() == null ? 1 : 0;
            }
            if (silent == 0 && without != null) {
                return without;
            }
            if (silent == 0 && failure != null) {
                throw failure;
            }
            if (i == tries - 1) {
                if (without != null) {
                    return without;
                }
                throw failure != null ? failure : new SocketTimeoutException("no name server answers for " + name);
            }
            pause(endNs);
        }
        throw new IllegalStateException("nobody was asked");
    }

    private static Said said(Future<?> done, InetSocketAddress server, String name) {
        if (!done.isSuccess()) {
            return done.cause() instanceof IllegalArgumentException wrong
                    ? new Said(null, new IOException(wrong.getMessage(), wrong))
                    : new Said(null, null);
        }
        if (!(done.getNow() instanceof AddressedEnvelope<?, ?> envelope)) {
            return new Said(null, null);
        }
        try {
            return envelope.content() instanceof DnsResponse response
                    ? new Said(read(response, server, name), null)
                    : new Said(null, null);
        } catch (IOException told) {
            return new Said(null, told);
        } finally {
            envelope.release();
        }
    }

    /** Every question ends, at the latest when its time is over. */
    private static Said next(LinkedBlockingQueue<Said> said) throws InterruptedIOException {
        try {
            return said.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while name servers were asked");
        }
    }

    /** Where nobody listens, this is told at once; the next question waits for its time all the same. */
    private static void pause(long endNs) throws InterruptedIOException {
        try {
            TimeUnit.NANOSECONDS.sleep(endNs - System.nanoTime());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while name servers were asked");
        }
    }

    private static Answer read(DnsResponse response, InetSocketAddress server, String name) throws IOException {
        boolean isKnown = response.code().equals(DnsResponseCode.NOERROR);
        if (response.code().equals(DnsResponseCode.REFUSED)) {
            throw new RefusedException(server + " refuses to answer for " + name);
        }
        if (!isKnown && !response.code().equals(DnsResponseCode.NXDOMAIN)) {
            throw new IOException(server + " answers " + response.code() + " for " + name);
        }
        var records = new ArrayList<DnsRecord>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord raw
                    && raw.dnsClass() == io.netty.handler.codec.dns.DnsRecord.CLASS_IN) {
                var record = read(raw);
                if (record != null) {
                    records.add(record);
                }
            }
        }
        return new Answer(isKnown, List.copyOf(records));
    }

    /** @return null for other types, and for what is too short to be one of its type */
    private static @Nullable DnsRecord read(DnsRawRecord raw) {
        var owner = plain(raw.name());
        long ttl = raw.timeToLive();
        var data = raw.content();
        try {
            if (raw.type().equals(DnsRecordType.A) || raw.type().equals(DnsRecordType.AAAA)) {
                var bytes = new byte[data.readableBytes()];
                data.readBytes(bytes);
                return new DnsRecord.Address(owner, ttl, InetAddress.getByAddress(bytes));
            }
            if (raw.type().equals(DnsRecordType.CNAME)) {
                return new DnsRecord.Alias(owner, ttl, name(data));
            }
            if (raw.type().equals(DnsRecordType.SRV)) {
                return new DnsRecord.Service(
                        owner,
                        ttl,
                        data.readUnsignedShort(),
                        data.readUnsignedShort(),
                        data.readUnsignedShort(),
                        name(data));
            }
        } catch (UnknownHostException | IndexOutOfBoundsException | DecoderException malformed) {
            return null;
        }
        return null;
    }

    private static String name(ByteBuf data) {
        return plain(DefaultDnsRecordDecoder.decodeName(data));
    }

    private static String plain(String name) {
        return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        resolver.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}

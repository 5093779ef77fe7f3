package io.steelyard.core.name;

import io.netty.buffer.ByteBuf;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    /**
     * What an answer says.
     *
     * @param isKnown whether there is such a name
     * @param records those of known types
     */
    record Answer(boolean isKnown, List<DnsRecord> records) {}

    /**
     * @param first whose turn it is among the servers
     * @param trying for how long a server may be silent before the next is asked
     * @param deadlineNs for all questions, by {@link System#nanoTime}
     */
    DnsClient(List<InetSocketAddress> servers, int first, Duration trying, long deadlineNs) {
        this.servers = servers;
        this.first = first;
        this.deadlineNs = deadlineNs;
        tryNs = trying.toNanos();
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("name-servers", true), NioIoHandler.newFactory());
        resolver = new DnsNameResolverBuilder(loop.next())
                .datagramChannelType(NioDatagramChannel.class)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(new SingletonDnsServerAddressStreamProvider(servers.getFirst()))
                .searchDomains(List.of())
                .ndots(0)
                .optResourceEnabled(false)
                .queryTimeoutMillis(trying.toMillis())
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .build();
    }

    /**
     * The answer of the first server that gives one: records, or that there are none.
     *
     * @throws IOException where none does in time, or each tells of a failure of its own
     * @throws IllegalArgumentException where that can be no name
     */
    Answer ask(String name, DnsRecordType type) throws IOException {
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

    private static Answer read(DnsResponse response, InetSocketAddress server, String name) throws IOException {
        boolean isKnown = response.code().equals(DnsResponseCode.NOERROR);
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

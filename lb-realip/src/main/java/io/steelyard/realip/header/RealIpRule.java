package io.steelyard.realip.header;

import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.CidrTrie;
import io.steelyard.realip.address.Endpoint;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whose word about the client is taken, and where it stands: nginx's {@code set_real_ip_from}, {@code real_ip_header} and
 * {@code real_ip_recursive}, exactly ({@code ngx_http_realip_module}). Immutable and safe to share.
 *
 * <p>The client is the peer, unless the peer is trusted: then it is the last address of the header, and with {@code isRecursive}, as long as
 * that one is trusted too, the one before it. Elements are parted by spaces and commas. The first that is no address ends the search with what
 * was found until then. Of {@code X-Forwarded-For} all lines count, from the last to the first; of any other header only the first line.
 *
 * <pre>
 *  trusted 127.0.0.1 and 10.0.0.0/8, peer 127.0.0.1      not recursive   recursive
 *  1.1.1.1, 2.2.2.2, 10.0.0.5                            10.0.0.5        2.2.2.2
 *  garbage, 10.0.0.5                                     10.0.0.5        10.0.0.5   (a proxy seems to be the client)
 *  10.0.0.4, 10.0.0.5                                    10.0.0.5        10.0.0.4
 *  unknown                                               127.0.0.1       127.0.0.1
 * </pre>
 */
public final class RealIpRule {
    private static final String ALL_LINES = "x-forwarded-for";

    private final String header;
    private final CidrTrie<Boolean> trusted;
    private final boolean trustsUnix;
    private final boolean isRecursive;

    private RealIpRule(Builder builder) {
        header = builder.header;
        trusted = CidrTrie.of(builder.trusted);
        trustsUnix = builder.trustsUnix;
        isRecursive = builder.isRecursive;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The header's lower-case name; empty where the PROXY protocol tells the client. */
    public String header() {
        return header;
    }

    /** Whether a peer's word is taken. */
    public boolean trusts(Endpoint peer) {
        return peer.isIp() ? trusted.contains(peer.high(), peer.low()) : trustsUnix;
    }

    /**
     * The client as the header tells it.
     *
     * @param peer who connected
     * @param lines the values of all lines of the header, in their order
     * @return null where the peer stays the client; otherwise with port 0 where the header has none
     */
    public @Nullable Endpoint client(Endpoint peer, List<String> lines) {
        var reader = new LenientAddressReader();
        if (!header.equals(ALL_LINES)) {
            return lines.isEmpty() ? null : new Search(peer, reader).run(lines.getFirst());
        }
        var search = new Search(peer, reader);
        for (int i = lines.size() - 1; i >= 0; i--) {
            search.run(lines.get(i));
            if (!isRecursive || search.isOver) {
                break;
            }
        }
        return search.found;
    }

    /**
     * The client as the PROXY protocol tells it.
     *
     * @param told what its header tells; without an IP address it tells nothing
     * @return null where the peer stays the client
     */
    public @Nullable Endpoint proxied(Endpoint peer, Endpoint told) {
        return told.isIp() && trusts(peer) ? told : null;
    }

    private final class Search {
        private final LenientAddressReader reader;
        private Endpoint current;
        private @Nullable Endpoint found;
        private boolean isOver;

        Search(Endpoint peer, LenientAddressReader reader) {
            this.reader = reader;
            current = peer;
        }

        @Nullable
        Endpoint run(String line) {
            int end = line.length();
            do {
                if (!trusts(current)) {
                    isOver = true;
                    break;
                }
                int last = end - 1;
                while (last > 0 && isSeparator(line.charAt(last))) {
                    last--;
                    end--;
                }
                int start = elementStart(line, Math.max(last, 0));
                if (end <= 0 || !reader.read(line, start, end)) {
                    isOver = true;
                    break;
                }
                current = Endpoint.of(reader.high(), reader.low(), reader.port());
                found = current;
                end = start - 1;
            } while (isRecursive && end >= 0);
            return found;
        }

        /** A separator that is the line's first character is not seen as one. */
        private static int elementStart(String line, int last) {
            for (int at = last; at > 0; at--) {
                if (isSeparator(line.charAt(at))) {
                    return at + 1;
                }
            }
            return 0;
        }

        private static boolean isSeparator(char c) {
            return c == ' ' || c == ',';
        }
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private String header = "x-real-ip";
        private List<Network> trusted = List.of();
        private boolean trustsUnix;
        private boolean isRecursive;

        private Builder() {}

        /** The header that names the client; X-Real-IP if nothing is said. */
        public Builder header(String name) {
            header = name.toLowerCase(Locale.ROOT);
            return this;
        }

        /** The PROXY protocol names the client, and no header. */
        public Builder proxyProtocol() {
            header = "";
            return this;
        }

        /** Whose word is taken; nobody's if nothing is said. */
        public Builder trusted(List<Network> networks) {
            trusted = List.copyOf(networks);
            return this;
        }

        /** Whether the word of peers on UNIX sockets is taken. */
        public Builder trustsUnix(boolean value) {
            trustsUnix = value;
            return this;
        }

        public Builder recursive(boolean value) {
            isRecursive = value;
            return this;
        }

        public RealIpRule build() {
            return new RealIpRule(this);
        }
    }
}

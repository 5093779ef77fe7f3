package io.steelyard.realip.header;

import io.steelyard.api.http.ClientAddressRule.Unreadable;
import io.steelyard.realip.address.AddressReader;
import io.steelyard.realip.address.CidrTrie;
import io.steelyard.realip.address.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who the client is, by our own rule, where several proxies may have added themselves. Immutable and safe to share.
 *
 * <p>The hops are gone through from the nearest to the farthest. A hop's word about the hop before it is taken where the hop is trusted: the
 * peer vouches for the last address of the field, that one, if trusted, for the one before it. The first that is not trusted is the client.
 * An address that cannot be read is never passed over: {@link Unreadable} says what then holds. The leftmost address is taken only where all
 * behind it are trusted, for anybody can write it.
 */
public final class ClientSearch {
    /** The most hops that are looked at; more are as an unreadable one. */
    public static final int MOST_HOPS = 64;

    /** How far the result is to be believed. */
    public enum Certainty {
        /** Every hop up to the client was vouched for. */
        VERIFIED,
        /** Something could not be read, and the rule for that was followed. */
        UNVERIFIED,
        /** Something could not be read, and the request is to be refused. */
        REJECTED
    }

    /** Who the client is; where it is rejected, the peer. */
    public record Client(Endpoint endpoint, Certainty certainty) {}

    private final CidrTrie<Boolean> trusted;
    private final boolean trustsUnix;
    private final Unreadable unreadable;

    public ClientSearch(CidrTrie<Boolean> trusted, boolean trustsUnix, Unreadable unreadable) {
        this.trusted = trusted;
        this.trustsUnix = trustsUnix;
        this.unreadable = unreadable;
    }

    /** By X-Forwarded-For. @param lines the values of all its lines, in their order */
    public Client byForwardedFor(Endpoint peer, List<String> lines) {
        var hops = new ArrayList<Optional<Endpoint>>();
        for (var line : lines) {
            for (var element : line.split(",", -1)) {
                var text = element.strip();
                if (!text.isEmpty()) {
                    hops.add(endpoint(text));
                }
            }
        }
        return search(peer, hops);
    }

    /** By Forwarded. @param lines the values of all its lines, in their order */
    public Client byForwarded(Endpoint peer, List<String> lines) {
        if (!trusts(peer) || lines.isEmpty()) {
            return new Client(peer, Certainty.VERIFIED);
        }
        var elements = ForwardedElement.parse(lines);
        if (elements.isEmpty()) {
            return unreadable(peer, peer);
        }
        return search(
                peer,
                elements.get().stream()
                        .map(element -> element.forClient().flatMap(ForwardedNode::endpoint))
                        .toList());
    }

    /** Whether the word of a hop is taken. */
    public boolean trusts(Endpoint hop) {
        return hop.isIp() ? trusted.contains(hop.high(), hop.low()) : trustsUnix;
    }

    private Client search(Endpoint peer, List<Optional<Endpoint>> hops) {
        var current = peer;
        int passed = 0;
        for (int i = hops.size() - 1; i >= 0 && trusts(current); i--) {
            var told = hops.get(i);
            if (told.isEmpty() || ++passed > MOST_HOPS) {
                return unreadable(peer, current);
            }
            current = told.get();
        }
        return new Client(current, Certainty.VERIFIED);
    }

    private Client unreadable(Endpoint peer, Endpoint last) {
        return switch (unreadable) {
            case REJECT -> new Client(peer, Certainty.REJECTED);
            case PEER -> new Client(peer, Certainty.UNVERIFIED);
            case LAST -> new Client(last, Certainty.UNVERIFIED);
        };
    }

    /** An address, {@code ip:port} or {@code [ipv6]:port}; empty where the text is none. */
    private static Optional<Endpoint> endpoint(String text) {
        var reader = new AddressReader();
        if (reader.read(text, 0, text.length())) {
            return Optional.of(Endpoint.of(reader.high(), reader.low(), 0));
        }
        return ForwardedNode.parse(text).flatMap(ForwardedNode::endpoint);
    }
}

package io.steelyard.http.route;

import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.ClientAddressRule.Unreadable;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.realip.address.CidrTrie;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.ClientSearch;
import io.steelyard.realip.header.RealIpRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who the client of a request is, by the word of those who are trusted. Immutable, safe for all threads. */
public final class ClientTrust {
    private final RealIpRule nginxs;
    private final ClientSearch own;
    private final FieldName field;
    private final boolean isOwn;

    ClientTrust(ClientAddressRule rule) {
        nginxs = RealIpRule.builder()
                .header(rule.field())
                .trusted(rule.trusted())
                .recursive(rule.isRecursive())
                .trustsUnix(trustsUnix(rule))
                .build();
        own = new ClientSearch(CidrTrie.of(rule.trusted()), trustsUnix(rule), rule.unreadable());
        isOwn = rule.unreadable() != Unreadable.LAST;
        field = FieldName.of(rule.field().isEmpty() ? "x-real-ip" : rule.field());
    }

    /** Peers on UNIX sockets, which have no address, count as {@code ::}. */
    private static boolean trustsUnix(ClientAddressRule rule) {
        return CidrTrie.of(rule.trusted()).contains(0, 0);
    }

    /** Whether the PROXY protocol tells, and no field. */
    public boolean isByProxyHeader() {
        return nginxs.header().isEmpty();
    }

    public boolean trusts(Endpoint peer) {
        return nginxs.trusts(peer);
    }

    /**
     * What the field says.
     *
     * @param client who it is; absent where the peer is, or nobody was told
     * @param isRejected whether the request is to be refused
     */
    public record Word(Optional<Endpoint> client, boolean isRejected) {
        private static final Word NONE = new Word(Optional.empty(), false);
    }

    /** Asks the field. */
    public Word ask(Endpoint peer, FieldBlock fields) {
        if (!fields.contains(field) || !trusts(peer)) {
            return Word.NONE;
        }
        var lines = lines(fields);
        if (!isOwn) {
            return new Word(Optional.ofNullable(nginxs.client(peer, lines)).filter(Endpoint::isIp), false);
        }
        var found = field.equals(FieldName.FORWARDED) ? own.byForwarded(peer, lines) : own.byForwardedFor(peer, lines);
        return found.certainty() == ClientSearch.Certainty.REJECTED
                ? new Word(Optional.empty(), true)
                : new Word(Optional.of(found.endpoint()).filter(Endpoint::isIp), false);
    }

    private List<String> lines(FieldBlock fields) {
        var lines = new ArrayList<String>(1);
        for (int i = fields.find(field); i >= 0; i = fields.findNext(field, i)) {
            lines.add(fields.value(i));
        }
        return lines;
    }
}

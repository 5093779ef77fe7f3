package io.steelyard.api.http;

import io.steelyard.api.proxy.Network;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Whose word about the client is taken, and where it stands: nginx's {@code set_real_ip_from}, {@code real_ip_header} and
 * {@code real_ip_recursive}, or our own stricter rule. Access rules, hash keys, limits and logs see the address that was found.
 *
 * @param trusted the peers whose word is taken
 * @param field the header field, lower case; empty where the PROXY protocol tells the client
 * @param isRecursive whether addresses of trusted peers in the field are passed over, from the last to the first; always so but with
 *     {@link Unreadable#LAST}
 * @param unreadable what holds where a trusted peer tells something that is no address; with others than {@link Unreadable#LAST} the field may be
 *     {@code forwarded}, read as RFC 7239 has it
 */
public record ClientAddressRule(List<Network> trusted, String field, boolean isRecursive, Unreadable unreadable) {
    /** What holds where a trusted peer tells something that is no address, {@code unknown} for instance. */
    public enum Unreadable {
        /** The last address that was read counts, as nginx has it: a proxy of one's own then seems to be the client. */
        LAST,
        /** The peer counts as the client. */
        PEER,
        /** The request is answered with 400. */
        REJECT
    }

    public ClientAddressRule {
        trusted = List.copyOf(trusted);
        Objects.requireNonNull(field, "field");
        field = field.toLowerCase(Locale.ROOT);
        Objects.requireNonNull(unreadable, "unreadable");
        if (unreadable != Unreadable.LAST && field.isEmpty()) {
            throw new IllegalArgumentException(
                    "what the PROXY protocol tells is always readable; leave 'unreadable' out");
        }
    }

    /** As nginx reads the field. */
    public ClientAddressRule(List<Network> trusted, String field, boolean isRecursive) {
        this(trusted, field, isRecursive, Unreadable.LAST);
    }
}

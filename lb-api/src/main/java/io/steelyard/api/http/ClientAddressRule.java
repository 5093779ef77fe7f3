package io.steelyard.api.http;

import io.steelyard.api.proxy.Network;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Whose word about the client is taken, and where it stands: nginx's {@code set_real_ip_from}, {@code real_ip_header} and
 * {@code real_ip_recursive}. Access rules, hash keys, limits and logs see the address that was found.
 *
 * @param trusted the peers whose word is taken
 * @param field the header field, lower case; empty where the PROXY protocol tells the client
 * @param isRecursive whether addresses of trusted peers in the field are passed over, from the last to the first
 */
public record ClientAddressRule(List<Network> trusted, String field, boolean isRecursive) {
    public ClientAddressRule {
        trusted = List.copyOf(trusted);
        Objects.requireNonNull(field, "field");
        field = field.toLowerCase(Locale.ROOT);
    }
}

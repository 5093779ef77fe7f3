package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The field {@code Authorization} of HTTP Basic authentication (RFC 7617). Pure. */
final class BasicCredentials {
    private static final String SCHEME = "Basic ";

    private BasicCredentials() {}

    /** The user's name, each character one byte; null where there is none. */
    static @Nullable String user(FieldBlock fields) {
        int index = fields.find(FieldName.AUTHORIZATION);
        if (index < 0) {
            return null;
        }
        var value = fields.value(index);
        if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        try {
            var decoded = new String(
                    Base64.getDecoder().decode(value.substring(SCHEME.length()).strip()), StandardCharsets.ISO_8859_1);
            int colon = decoded.indexOf(':');
            return colon <= 0 ? null : decoded.substring(0, colon);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}

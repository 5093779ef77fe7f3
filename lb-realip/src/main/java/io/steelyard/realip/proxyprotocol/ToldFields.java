package io.steelyard.realip.proxyprotocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The type-length-value fields of one PROXY protocol header, kept beyond its bytes and found by the names that nginx 1.23.2 and later has for
 * them ({@code $proxy_protocol_tlv_NAME}). Immutable.
 */
public final class ToldFields {
    /** Those of a header without fields. */
    public static final ToldFields NONE = new ToldFields(new byte[0]);

    private static final String OF_TLS = "ssl_";

    private static final Map<String, Integer> TYPES = Map.of(
            "alpn", TlvType.ALPN,
            "authority", TlvType.AUTHORITY,
            "unique_id", TlvType.UNIQUE_ID,
            "ssl", TlvType.SSL,
            "netns", TlvType.NETNS);

    private static final Map<String, Integer> TYPES_OF_TLS = Map.of(
            "version", TlvType.SSL_VERSION,
            "cn", TlvType.SSL_CN,
            "cipher", TlvType.SSL_CIPHER,
            "sig_alg", TlvType.SSL_SIG_ALG,
            "key_alg", TlvType.SSL_KEY_ALG);

    private final ByteBuffer bytes;

    private ToldFields(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** Those of a header, copied. */
    public static ToldFields of(ProxyHeader header) {
        var fields = header.tlvBytes();
        return fields.length == 0 ? NONE : new ToldFields(fields);
    }

    /**
     * The first field of a name, each byte one character from U+0000 to U+00FF; null where there is none.
     *
     * @param name {@code alpn}, {@code authority}, {@code unique_id}, {@code ssl}, {@code netns}, of what is told of TLS {@code ssl_version},
     *     {@code ssl_cn}, {@code ssl_cipher}, {@code ssl_sig_alg}, {@code ssl_key_alg} and, as a number, {@code ssl_verify}; or the type as
     *     {@code 0x} and hexadecimal digits, behind {@code ssl_} too
     */
    public @Nullable String value(String name) {
        var cursor = new TlvCursor().wrap(bytes, 0, bytes.capacity());
        if (!name.startsWith(OF_TLS)) {
            return first(cursor, type(name, TYPES));
        }
        if (!cursor.next(TlvType.SSL)) {
            return null;
        }
        var rest = name.substring(OF_TLS.length());
        return rest.equals("verify")
                ? Integer.toUnsignedString(cursor.sslVerifyResult())
                : first(cursor.sslFields(new TlvCursor()), type(rest, TYPES_OF_TLS));
    }

    private static @Nullable String first(TlvCursor cursor, int type) {
        return cursor.next(type) ? new String(cursor.value(), StandardCharsets.ISO_8859_1) : null;
    }

    /** @return -1 where there is no such type */
    private static int type(String name, Map<String, Integer> types) {
        if (!name.startsWith("0x")) {
            return types.getOrDefault(name, -1);
        }
        try {
            int type = Integer.parseInt(name, 2, name.length(), 16);
            return type >= 0 && type <= 0xFF && name.charAt(2) != '+' ? type : -1;
        } catch (NumberFormatException none) {
            return -1;
        }
    }
}

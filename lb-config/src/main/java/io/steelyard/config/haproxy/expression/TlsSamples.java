package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.HttpFacts;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the {@code ssl_fc_…} and {@code ssl_c_…} give (HAProxy's configuration manual, section 7.3.4). Stateless. */
final class TlsSamples {
    private static final DateTimeFormatter NGINX_TIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);

    /** OpenSSL's numbers of what may be wrong with a certificate; 1 for all else. */
    private static final Map<String, Long> PROBLEMS = Map.of(
            "certificate signature failure", 7L,
            "certificate is not yet valid", 9L,
            "certificate has expired", 10L,
            "self-signed certificate", 18L,
            "unable to get local issuer certificate", 20L,
            "unable to verify the first certificate", 21L,
            "certificate chain too long", 22L,
            "certificate revoked", 23L,
            "unsuitable certificate purpose", 26L);

    private TlsSamples() {}

    /** Null where there is no such thing; most are not there without TLS, or without a client's certificate. */
    static @Nullable Sample of(Fetch fetch, HttpFacts facts) {
        return switch (fetch.method().name()) {
            case "ssl_fc" -> new Sample.Bool(facts.tls("protocol") != null);
            case "ssl_fc_sni" -> text(facts.tls("server_name"));
            case "ssl_fc_has_sni" -> new Sample.Bool(facts.tls("server_name") != null);
            case "ssl_fc_alpn" -> text(facts.tls("alpn_protocol"));
            case "ssl_fc_cipher" -> text(facts.tls("cipher"));
            case "ssl_fc_protocol" -> text(facts.tls("protocol"));
            case "ssl_fc_is_resumed" -> new Sample.Bool("r".equals(facts.tls("session_reused")));
            case "ssl_fc_session_id" -> hex(facts.tls("session_id"));
            case "ssl_fc_alg_keysize", "ssl_fc_use_keysize" -> keySize(facts.tls("cipher"));
            case "ssl_c_used", "ssl_fc_has_crt" -> new Sample.Bool(facts.tls("client_raw_cert") != null);
            case "ssl_c_verify" -> verdict(facts.tls("client_verify"));
            case "ssl_c_serial" -> hex(facts.tls("client_serial"));
            case "ssl_c_sha1" -> hex(facts.tls("client_fingerprint"));
            case "ssl_c_der" -> der(facts.tls("client_raw_cert"));
            case "ssl_c_notbefore" -> time(facts.tls("client_v_start"));
            case "ssl_c_notafter" -> time(facts.tls("client_v_end"));
            case "ssl_c_s_dn" -> name(facts.tls("client_s_dn_legacy"), fetch);
            case "ssl_c_i_dn" -> name(facts.tls("client_i_dn_legacy"), fetch);
            default -> null;
        };
    }

    private static @Nullable Sample text(@Nullable String text) {
        return text == null ? null : new Sample.Str(text);
    }

    private static @Nullable Sample hex(@Nullable String digits) {
        return digits == null ? null : new Sample.Binary(HexFormat.of().parseHex(digits));
    }

    private static @Nullable Sample keySize(@Nullable String cipher) {
        return cipher == null
                ? null
                : new Sample.Sint(
                        cipher.contains("256") && !cipher.contains("AES128") && !cipher.contains("AES_128")
                                ? 256
                                : 128);
    }

    private static @Nullable Sample verdict(@Nullable String verdict) {
        if (verdict == null) {
            return null;
        }
        return new Sample.Sint(
                verdict.startsWith("FAILED:") ? PROBLEMS.getOrDefault(verdict.substring("FAILED:".length()), 1L) : 0L);
    }

    private static @Nullable Sample der(@Nullable String pem) {
        return pem == null
                ? null
                : new Sample.Binary(Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "")));
    }

    /** From the form nginx has to the one HAProxy has. */
    private static @Nullable Sample time(@Nullable String time) {
        if (time == null) {
            return null;
        }
        return new Sample.Str(TIME.format(LocalDateTime.parse(time, NGINX_TIME)));
    }

    /**
     * A name as {@code /C=DE/CN=one}, or the value of one of its parts.
     *
     * @param fetch its arguments are the part's name, and which of several: from the end where negative
     */
    private static @Nullable Sample name(@Nullable String name, Fetch fetch) {
        var wanted = fetch.argument(0);
        if (name == null || wanted.isEmpty()) {
            return text(name);
        }
        var values = new ArrayList<String>();
        for (var part : List.of(name.split("/(?=[A-Za-z0-9.]+=)", -1))) {
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).equals(wanted)) {
                values.add(part.substring(equals + 1));
            }
        }
        int index = fetch.argument(1).matches("-?\\d{1,4}") ? Integer.parseInt(fetch.argument(1)) : 1;
        int at = index > 0 ? index - 1 : values.size() + index;
        return at >= 0 && at < values.size() ? new Sample.Str(values.get(at)) : null;
    }
}

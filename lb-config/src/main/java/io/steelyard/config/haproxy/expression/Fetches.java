package io.steelyard.config.haproxy.expression;

import io.steelyard.config.haproxy.expression.FetchMethod.Layer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fetch methods that are known. */
public final class Fetches {
    /** Names, type, number of arguments, layer; names that stand together mean the same, and the first is the one sources see. */
    private static final String TABLE = """
            always_true                            | BOOL   | 0   | NOTHING
            always_false                           | BOOL   | 0   | NOTHING
            int                                    | SINT   | 1   | NOTHING
            str                                    | STR    | 1   | NOTHING
            bool                                   | BOOL   | 1   | NOTHING
            ipv4 ipv6                              | ADDR   | 1   | NOTHING
            bin                                    | BIN    | 1   | NOTHING
            meth                                   | METHOD | 1   | NOTHING
            env                                    | STR    | 1   | NOTHING
            date                                   | SINT   | 0-2 | NOTHING
            rand                                   | SINT   | 0-1 | NOTHING
            hostname                               | STR    | 0   | NOTHING
            nbsrv                                  | SINT   | 0-1 | NOTHING
            be_conn                                | SINT   | 0-1 | NOTHING
            be_sess_rate                           | SINT   | 0-1 | NOTHING
            fe_conn                                | SINT   | 0-1 | NOTHING
            fe_sess_rate                           | SINT   | 0-1 | NOTHING
            queue                                  | SINT   | 0-1 | NOTHING
            avg_queue                              | SINT   | 1   | NOTHING
            connslots                              | SINT   | 1   | NOTHING
            srv_is_up                              | BOOL   | 1   | NOTHING
            srv_conn                               | SINT   | 1   | NOTHING
            src                                    | ADDR   | 0   | CONNECTION
            src_port                               | SINT   | 0   | CONNECTION
            src_is_local                           | BOOL   | 0   | CONNECTION
            dst                                    | ADDR   | 0   | CONNECTION
            dst_port                               | SINT   | 0   | CONNECTION
            dst_is_local                           | BOOL   | 0   | CONNECTION
            dst_conn                               | SINT   | 0   | CONNECTION
            fc_rcvd_proxy                          | BOOL   | 0   | CONNECTION
            fe_id                                  | SINT   | 0   | CONNECTION
            fe_name                                | STR    | 0   | CONNECTION
            fe_defbe                               | STR    | 0   | CONNECTION
            so_id                                  | SINT   | 0   | CONNECTION
            so_name                                | STR    | 0   | CONNECTION
            be_id                                  | SINT   | 0   | CONNECTION
            be_name                                | STR    | 0   | CONNECTION
            srv_id                                 | SINT   | 0   | CONNECTION
            srv_name                               | STR    | 0   | CONNECTION
            uuid                                   | STR    | 0-1 | CONNECTION
            unique-id                              | STR    | 0   | CONNECTION
            var                                    | STR    | 1-2 | CONNECTION
            ssl_fc                                 | BOOL   | 0   | CONNECTION
            ssl_fc_sni                             | STR    | 0   | CONNECTION
            ssl_fc_alpn                            | STR    | 0   | CONNECTION
            ssl_fc_cipher                          | STR    | 0   | CONNECTION
            ssl_fc_protocol                        | STR    | 0   | CONNECTION
            ssl_fc_has_sni                         | BOOL   | 0   | CONNECTION
            ssl_fc_has_crt                         | BOOL   | 0   | CONNECTION
            ssl_fc_is_resumed                      | BOOL   | 0   | CONNECTION
            ssl_fc_session_id                      | BIN    | 0   | CONNECTION
            ssl_fc_alg_keysize                     | SINT   | 0   | CONNECTION
            ssl_fc_use_keysize                     | SINT   | 0   | CONNECTION
            ssl_c_verify                           | SINT   | 0   | CONNECTION
            ssl_c_serial                           | BIN    | 0   | CONNECTION
            ssl_c_sha1                             | BIN    | 0   | CONNECTION
            ssl_c_der                              | BIN    | 0   | CONNECTION
            ssl_c_notbefore                        | STR    | 0   | CONNECTION
            ssl_c_notafter                         | STR    | 0   | CONNECTION
            ssl_c_used                             | BOOL   | 0   | CONNECTION
            ssl_c_s_dn                             | STR    | 0-3 | CONNECTION
            ssl_c_i_dn                             | STR    | 0-3 | CONNECTION
            wait_end                               | BOOL   | 0   | CONTENT
            req.len req_len                        | SINT   | 0   | CONTENT
            req.payload payload                    | BIN    | 2   | CONTENT
            req.payload_lv payload_lv              | BIN    | 2-3 | CONTENT
            req.ssl_sni req_ssl_sni                | STR    | 0   | CONTENT
            req.ssl_ver req_ssl_ver                | SINT   | 0   | CONTENT
            req.ssl_alpn                           | STR    | 0   | CONTENT
            req.ssl_hello_type req_ssl_hello_type  | SINT   | 0   | CONTENT
            req.proto_http req_proto_http          | BOOL   | 0   | CONTENT
            req.rdp_cookie rdp_cookie              | STR    | 0-1 | CONTENT
            req.rdp_cookie_cnt rdp_cookie_cnt      | SINT   | 0-1 | CONTENT
            method                                 | METHOD | 0   | REQUEST
            path                                   | STR    | 0   | REQUEST
            pathq                                  | STR    | 0   | REQUEST
            query                                  | STR    | 0   | REQUEST
            url                                    | STR    | 0   | REQUEST
            url_ip                                 | ADDR   | 0   | REQUEST
            url_port                               | SINT   | 0   | REQUEST
            url_param urlp                         | STR    | 1-2 | REQUEST
            urlp_val                               | SINT   | 0-2 | REQUEST
            base                                   | STR    | 0   | REQUEST
            base32                                 | SINT   | 0   | REQUEST
            base32+src                             | BIN    | 0   | REQUEST
            url32                                  | SINT   | 0   | REQUEST
            url32+src                              | BIN    | 0   | REQUEST
            req.ver req_ver                        | STR    | 0   | REQUEST
            req.hdr hdr                            | STR    | 0-2 | REQUEST
            req.hdr_cnt hdr_cnt                    | SINT   | 0-1 | REQUEST
            req.hdr_ip hdr_ip                      | ADDR   | 0-2 | REQUEST
            req.hdr_val hdr_val                    | SINT   | 0-2 | REQUEST
            req.hdr_names                          | STR    | 0-1 | REQUEST
            req.fhdr                               | STR    | 0-2 | REQUEST
            req.fhdr_cnt                           | SINT   | 0-1 | REQUEST
            req.hdrs                               | STR    | 0   | REQUEST
            req.cook cook                          | STR    | 0-1 | REQUEST
            req.cook_cnt cook_cnt                  | SINT   | 0-1 | REQUEST
            req.cook_val cook_val                  | SINT   | 0-1 | REQUEST
            req.body                               | BIN    | 0   | REQUEST
            req.body_len                           | SINT   | 0   | REQUEST
            req.body_size                          | SINT   | 0   | REQUEST
            req.body_param                         | STR    | 0-1 | REQUEST
            capture.req.hdr                        | STR    | 1   | REQUEST
            capture.req.method                     | STR    | 0   | REQUEST
            capture.req.uri                        | STR    | 0   | REQUEST
            capture.req.ver                        | STR    | 0   | REQUEST
            http_auth                              | BOOL   | 1   | REQUEST
            http_auth_group                        | STR    | 1   | REQUEST
            http_first_req                         | BOOL   | 0   | REQUEST
            status                                 | SINT   | 0   | RESPONSE
            res.ver resp_ver                       | STR    | 0   | RESPONSE
            res.hdr shdr                           | STR    | 0-2 | RESPONSE
            res.hdr_cnt shdr_cnt                   | SINT   | 0-1 | RESPONSE
            res.hdr_ip shdr_ip                     | ADDR   | 0-2 | RESPONSE
            res.hdr_val shdr_val                   | SINT   | 0-2 | RESPONSE
            res.fhdr                               | STR    | 0-2 | RESPONSE
            res.fhdr_cnt                           | SINT   | 0-1 | RESPONSE
            res.cook scook                         | STR    | 0-1 | RESPONSE
            res.cook_cnt scook_cnt                 | SINT   | 0-1 | RESPONSE
            res.len                                | SINT   | 0   | RESPONSE
            """;

    /** What an ACL may say with a suffix of the fetch, such as {@code path_beg}. */
    private static final Set<String> SUFFIXED = Set.of("base", "cook", "hdr", "path", "scook", "shdr", "url", "urlp");

    private static final Map<String, FetchMethod> METHODS = new LinkedHashMap<>();

    static {
        for (var row : (TABLE + CounterSamples.rows()).lines().toList()) {
            var cells = Arrays.stream(row.split("\\|")).map(String::strip).toList();
            var names = cells.getFirst().split(" +");
            var counts = cells.get(2).split("-");
            for (var name : names) {
                // ipv6 is a method of its own; other names are aliases.
                var own = name.equals("ipv6") ? name : names[0];
                METHODS.put(
                        name,
                        new FetchMethod(
                                own,
                                Sample.Type.valueOf(cells.get(1)),
                                Integer.parseInt(counts[0]),
                                Integer.parseInt(counts[counts.length - 1]),
                                Layer.valueOf(cells.get(3))));
            }
        }
    }

    private Fetches() {}

    /** The method of a name or alias. */
    public static Optional<FetchMethod> named(String name) {
        return Optional.ofNullable(METHODS.get(name));
    }

    /** An ACL's fetch with the match its name asks for, such as {@code hdr_dom}; empty where the name is no such. */
    static Optional<Map.Entry<FetchMethod, MatchMethod>> suffixed(String name) {
        if (name.equals("ssl_fc_sni_end") || name.equals("ssl_fc_sni_reg")) {
            return split(name, "ssl_fc_sni");
        }
        int underscore = name.indexOf('_');
        return underscore > 0 && SUFFIXED.contains(name.substring(0, underscore))
                ? split(name, name.substring(0, underscore))
                : Optional.empty();
    }

    private static Optional<Map.Entry<FetchMethod, MatchMethod>> split(String name, String fetch) {
        return MatchMethod.named(name.substring(fetch.length() + 1))
                .filter(MatchMethod::isSuffix)
                .flatMap(match -> named(fetch).map(method -> Map.entry(method, match)));
    }

    /** Every name, aliases too. */
    public static Set<String> names() {
        return METHODS.keySet();
    }
}

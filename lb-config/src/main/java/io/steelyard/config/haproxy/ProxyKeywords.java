package io.steelyard.config.haproxy;

/** The keywords of {@code defaults}, {@code frontend}, {@code listen} and {@code backend}; see {@link KeywordTable} for the form. */
final class ProxyKeywords {
    static final String TABLE = """
            mode                                              | DFLB | 1    | + |
            bind                                              | FL   | 1-   | + |
            default_backend                                   | DFL  | 1    | + |
            use_backend                                       | FL   | 1-   | + |
            acl                                               | DFLB | 2-   | + |
            balance                                           | DLB  | 0-   | + |
            hash-type                                         | DLB  | 1-3  | + |
            hash-balance-factor                               | DLB  | 1    | + |
            server                                            | LB   | 2-   | + |
            server-template                                   | LB   | 3-   | + |
            default-server                                    | DLB  | 1-   | + |
            dispatch                                          | LB   | 1    | + |
            retries                                           | DLB  | 1    | + |
            maxconn                                           | DFL  | 1    | + |
            backlog                                           | DFL  | 1    | + |
            disabled, enabled                                 | DFLB | 0    | + |
            source                                            | DLB  | 1-   | + |
            stick-table                                       | FLB  | 1-   | + |
            stick on                                          | LB   | 1-   | + |
            stick match, stick store-request                  | LB   | 1-   | + |
            stick store-response                              | LB   | 1-   | + |
            use-server                                        | LB   | 1-   | + |
            tcp-request connection, tcp-request session       | DFL  | 1-   | + |
            tcp-request content                               | DFLB | 1-   | + |
            timeout client, timeout client-fin                | DFL  | 1    | + |
            timeout connect, timeout server                   | DLB  | 1    | + |
            timeout server-fin, timeout tunnel                | DLB  | 1    | + |
            timeout queue, timeout check                      | DLB  | 1    | + |
            option redispatch                                 | DLB  | 0-1  | + |
            option allbackups                                 | DLB  | 0    | + |
            option log-health-checks                          | DLB  | 0    | + |
            option tcpka                                      | DFLB | 0    | + |
            option clitcpka                                   | DFL  | 0    | + |
            option srvtcpka                                   | DLB  | 0    | + |
            option tcp-check, option redis-check              | DLB  | 0    | + |
            option httpchk                                    | DLB  | 0-   | + |
            option smtpchk                                    | DLB  | 0-2  | + |
            option mysql-check                                | DLB  | 0-3  | + |
            option pgsql-check                                | DLB  | 2    | + |
            option ldap-check, option ssl-hello-chk           | DLB  | 0    | + |
            option external-check                             | DLB  | 0    | + |
            external-check command, external-check path       | DFLB | 1    | + |
            tcp-check connect                                 | DLB  | 0-   | + |
            tcp-check send, tcp-check send-binary             | DLB  | 1-   | + |
            tcp-check expect                                  | DLB  | 2-   | + |
            tcp-check comment                                 | DLB  | 1    | + |
            http-check send                                   | DLB  | 0-   | + |
            http-check expect                                 | DLB  | 2-   | + |
            http-check comment                                | DLB  | 1    | + |
            http-check connect                                | DLB  | 0-   | + |
            http-check disable-on-404, http-check send-state  | DLB  | 0    | + |
            redispatch                                        | DLB  | 0    | o | option redispatch
            contimeout                                        | DLB  | 1    | o | timeout connect
            clitimeout                                        | DFL  | 1    | o | timeout client
            srvtimeout                                        | DLB  | 1    | o | timeout server
            option forceclose                                 | DFLB | 0    | o | option httpclose
            option http_proxy                                 | DFLB | 0    | x | HAProxy gave it up with 2.5
            block                                             | FLB  | 1-   | o | http-request deny
            reqadd, rspadd                                    | DFLB | 1-   | o | http-request add-header or http-response add-header
            reqdel, reqidel, rspdel, rspidel                  | DFLB | 1-   | o | http-request del-header or http-response del-header
            reqallow, reqiallow, reqpass, reqipass            | DFLB | 1-   | o | http-request allow
            reqdeny, reqideny, reqtarpit, reqitarpit          | DFLB | 1-   | o | http-request deny or http-request tarpit
            rspdeny, rspideny                                 | DFLB | 1-   | o | http-response deny
            reqrep, reqirep                                   | DFLB | 2-   | o | http-request replace-header or http-request replace-path
            rsprep, rspirep                                   | DFLB | 2-   | o | http-response replace-header
            appsession                                        | DFLB | 1-   | x | HAProxy gave it up with 1.6: use stick-table and stick on
            grace                                             | DFLB | 1    | x | HAProxy gave it up with 2.5
            log                                               | DFLB | 1-   | + |
            log-format                                        | DFLB | 1    | + |
            log-format-sd, error-log-format                   | DFLB | 1    | - |
            log-tag                                           | DFLB | 1    | - |
            option tcplog                                     | DFLB | 0    | + |
            option httplog                                    | DFLB | 0-1  | h |
            option httpslog                                   | DFLB | 0    | h |
            option dontlognull                                | DFL  | 0    | + |
            option dontlog-normal                             | DFL  | 0    | - | every request is logged
            option log-separate-errors, option logasap        | DFL  | 0    | - |
            option contstats, option socket-stats             | DFL  | 0    | - | statistics are always exact
            option abortonclose                               | DLB  | 0    | - | a client that is gone leaves the queue where it resets its connection
            option nolinger                                   | DFLB | 0    | - | connections are closed in order
            option tcp-smart-accept                           | DFL  | 0    | - | the kernel is left to decide
            option tcp-smart-connect                          | DLB  | 0    | - |
            option splice-auto, option splice-request         | DFLB | 0    | - | large flows are always spliced
            option splice-response                            | DFLB | 0    | - |
            option independent-streams                        | DFLB | 0    | - | a side that only receives is not idle
            clitcpka-cnt, clitcpka-idle, clitcpka-intvl       | DFL  | 1    | - | the system's numbers hold for keepalive
            srvtcpka-cnt, srvtcpka-idle, srvtcpka-intvl       | DLB  | 1    | - |
            fullconn                                          | DLB  | 1    | + |
            bind-process                                      | DFLB | 1-   | - | there is one process
            id                                                | FLB  | 1    | - | numbers of proxies have no use yet
            description                                       | FLB  | 1-   | - |
            tcp-request inspect-delay                         | DFLB | 1    | + |
            tcp-response inspect-delay                        | DLB  | 1    | - | what servers send is not looked into
            option persist                                    | DLB  | 0    | h | it belongs to mode http
            dynamic-cookie-key                                | DLB  | 1    | h |
            load-server-state-from-file                       | DLB  | 1    | - | servers keep their state over a reload without a file
            server-state-file-name                            | DLB  | 0-1  | - |
            email-alert from, email-alert level               | DFLB | 1    | - | no mail is sent
            email-alert mailers, email-alert myhostname       | DFLB | 1    | - |
            email-alert to                                    | DFLB | 1    | - |
            option spop-check                                 | DLB  | 0    | x | SPOE is not supported
            transparent, option transparent                   | DFLB | 0    | x | connections to the client's own destination are not supported
            rate-limit sessions                               | DFLB | 1    | x | rates of connections are not limited yet
            persist rdp-cookie                                | DLB  | 0-   | x | the first data of a connection is not looked into yet
            force-persist, ignore-persist                     | LB   | 1-   | h | it belongs to mode http
            tcp-response content                              | LB   | 1-   | x | what servers send is not looked into yet
            tcp-check send-lf, tcp-check send-binary-lf       | DLB  | 1-   | x | checks have no variables
            http-check set-var                                | DLB  | 0-   | x |
            http-check set-var-fmt, http-check unset-var      | DLB  | 0-   | x |
            filter                                            | FLB  | 1-   | x | filters are not supported
            use-fcgi-app                                      | LB   | 1    | x | FastCGI is not supported
            capture                                           | FL   | 1-   | h | it belongs to mode http
            declare                                           | FL   | 1-   | h |
            compression                                       | DFLB | 1-   | h |
            cookie                                            | DLB  | 1-   | h |
            errorfile, errorloc, errorloc302, errorloc303     | DFLB | 2    | h |
            errorfiles                                        | DFLB | 1-   | h |
            http-error                                        | DFLB | 2-   | h |
            http-request, http-response                       | DFLB | 1-   | h |
            http-after-response                               | DFLB | 1-   | h |
            http-reuse                                        | DLB  | 1    | h |
            http-send-name-header                             | DLB  | 0-1  | h |
            max-keep-alive-queue                              | DLB  | 1    | h |
            monitor                                           | FL   | 1-   | h |
            monitor-uri                                       | DFL  | 1    | h |
            redirect                                          | FLB  | 2-   | h |
            retry-on                                          | DLB  | 1-   | h |
            stats                                             | DFLB | 1-   | h |
            unique-id-format, unique-id-header                | DFL  | 1    | h |
            timeout http-request, timeout http-keep-alive     | DFLB | 1    | h |
            timeout tarpit                                    | DFLB | 1    | h |
            option accept-invalid-http-request                | DFL  | 0    | h |
            option accept-invalid-http-response               | DLB  | 0    | h |
            option checkcache, option prefer-last-server      | DLB  | 0    | h |
            option disable-h2-upgrade                         | DFL  | 0    | h |
            option forwardfor, option originalto              | DFLB | 0-   | h |
            option forwarded                                  | DFLB | 0-   | h |
            option h1-case-adjust-bogus-client                | DFL  | 0    | h |
            option h1-case-adjust-bogus-server                | DLB  | 0    | h |
            option http-buffer-request, option http-no-delay  | DFLB | 0    | h |
            option http-ignore-probes                         | DFL  | 0    | h |
            option http-keep-alive, option http-server-close  | DFLB | 0    | h |
            option httpclose                                  | DFLB | 0    | h |
            option http-pretend-keepalive                     | DLB  | 0    | h |
            option http-restrict-req-hdr-names                | DFLB | 1    | h |
            option http-use-proxy-header                      | DFL  | 0    | h |
            option idle-close-on-response                     | DFL  | 0    | h |
            """;

    private ProxyKeywords() {}
}

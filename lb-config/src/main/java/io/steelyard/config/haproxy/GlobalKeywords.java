package io.steelyard.config.haproxy;

/** The keywords of {@code global}; see {@link KeywordTable} for the form. */
final class GlobalKeywords {
    static final String TABLE = """
            maxconn                                      | G | 1   | + |
            nbthread                                     | G | 1   | + |
            hard-stop-after                              | G | 1   | + |
            spread-checks                                | G | 1   | + |
            external-check, insecure-fork-wanted         | G | 0   | + |
            node                                         | G | 0-1 | + |
            tune.bufsize                                 | G | 1   | + |
            nosplice                                     | G | 0   | + |
            expose-experimental-directives               | G | 0   | + |
            setenv, presetenv                            | G | 2   | + |
            unsetenv, resetenv                           | G | 0-  | + |
            nbproc                                       | G | 1   | o | remove it, or write nbthread: one process uses all processors
            daemon                                       | G | 0   | - | 'lb haproxy' heeds what is about processes and files, 'lb run' does not
            pidfile, chroot, user, group                 | G | 0-1 | - |
            uid, gid                                     | G | 1   | - |
            master-worker                                | G | 0-  | - |
            mworker-max-reloads, ulimit-n                | G | 0-1 | - |
            localpeer, default-path                      | G | 1-  | - |
            unix-bind                                    | G | 2-  | + |
            description, cpu-map                         | G | 0-  | - |
            numa-cpu-mapping, set-dumpable               | G | 0   | - |
            strict-limits                                | G | 0   | - |
            insecure-setuid-wanted                       | G | 0   | - |
            thread-groups                                | G | 1   | - |
            thread-group                                 | G | 1-  | - |
            grace, close-spread-time                     | G | 1   | - |
            debug, quiet                                 | G | 0   | - | write --verbose or --quiet on the command line
            zero-warning                                 | G | 0   | - | warnings do not keep the balancer from starting
            log                                          | G | 1-  | h | logs of connections are not kept yet
            log-tag                                      | G | 1   | - |
            log-send-hostname                            | G | 0-1 | - |
            stats socket, stats bind-process, stats      | G | 0-  | - | it is opened by 'lb haproxy', and not by 'lb run'
            stats timeout, stats maxconn                 | G | 1   | - |
            server-state-base, server-state-file         | G | 1   | - | servers keep their state over a reload without a file
            busy-polling, noepoll, nokqueue, noevports   | G | 0   | - | event loops and tables are sized by themselves
            nopoll, nogetaddrinfo, noreuseport           | G | 0   | - |
            no-memory-trimming                           | G | 0   | - |
            maxpipes, fd-hard-limit, max-spread-checks   | G | 1   | - |
            profiling.tasks, profiling.memory            | G | 1   | - |
            tune.buffers.limit, tune.buffers.reserve     | G | 1   | - |
            tune.fail-alloc, tune.fd.edge-triggered      | G | 1   | - |
            tune.idle-pool.shared, tune.idletimer        | G | 1   | - |
            tune.listener.multi-queue, tune.maxaccept    | G | 1   | - |
            tune.maxpollevents, tune.maxrewrite          | G | 1   | - |
            tune.pattern.cache-size, tune.pipesize       | G | 1   | - |
            tune.peers.max-updates-at-once               | G | 1   | - |
            tune.pool-high-fd-ratio                      | G | 1   | - |
            tune.pool-low-fd-ratio, tune.recv_enough     | G | 1   | - |
            tune.rcvbuf.client, tune.rcvbuf.server       | G | 1   | - |
            tune.sndbuf.client, tune.sndbuf.server       | G | 1   | - |
            tune.runqueue-depth, tune.sched.low-latency  | G | 1   | - |
            tune.vars.check-max-size                     | G | 1   | - |
            tune.vars.global-max-size                    | G | 1   | - |
            tune.vars.proc-max-size                      | G | 1   | - |
            tune.vars.reqres-max-size                    | G | 1   | - |
            tune.vars.sess-max-size                      | G | 1   | - |
            tune.vars.txn-max-size                       | G | 1   | - |
            maxconnrate, maxsessrate                     | G | 1   | x | rates of connections are not limited yet
            ca-base, crt-base                            | G | 1   | + |
            ssl-default-bind-ciphers                     | G | 1   | + |
            ssl-default-bind-curves                      | G | 1   | + |
            ssl-default-bind-options                     | G | 0-  | + |
            ssl-default-server-ciphers                   | G | 1   | + |
            ssl-default-server-options                   | G | 0-  | + |
            ssl-server-verify                            | G | 1-  | + |
            tune.ssl.cachesize, tune.ssl.lifetime        | G | 1   | + |
            maxsslconn, maxsslrate                       | G | 1   | - | maxconn counts all connections
            ssl-default-bind-ciphersuites                | G | 1   | - | the TLS library has its own rules for it
            ssl-default-server-ciphersuites              | G | 1   | - |
            issuers-chain-path                           | G | 1   | - |
            ssl-dh-param-file, ssl-load-extra-files      | G | 1-  | - |
            ssl-engine, ssl-propquery                    | G | 1-  | - |
            ssl-provider, ssl-provider-path              | G | 1   | - |
            ssl-load-extra-del-ext, ssl-mode-async       | G | 0   | - |
            ssl-skip-self-issued-ca                      | G | 0   | - |
            tune.ssl.capture-buffer-size                 | G | 1   | - |
            tune.ssl.capture-cipherlist-size             | G | 1   | - |
            tune.ssl.default-dh-param, tune.ssl.keylog   | G | 1   | - |
            tune.ssl.force-private-cache                 | G | 0   | - |
            tune.ssl.hard-maxrecord, tune.ssl.maxrecord  | G | 1   | - |
            tune.ssl.ssl-ctx-cache-size                  | G | 1   | - |
            h1-accept-payload-with-any-method            | G | 0   | h | it belongs to mode http
            h1-case-adjust                               | G | 2   | h |
            h1-case-adjust-file                          | G | 1   | h |
            h2-workaround-bogus-websocket-clients        | G | 0   | h |
            pp2-never-send-local                         | G | 0   | h |
            maxcompcpuusage, maxcomprate, maxzlibmem     | G | 1   | h |
            tune.comp.maxlevel, tune.zlib.memlevel       | G | 1   | h |
            tune.zlib.windowsize, tune.http.cookielen    | G | 1   | h |
            tune.http.logurilen, tune.http.maxhdr        | G | 1   | h |
            tune.h2.header-table-size                    | G | 1   | h |
            tune.h2.initial-window-size                  | G | 1   | h |
            tune.h2.max-concurrent-streams               | G | 1   | h |
            tune.h2.max-frame-size                       | G | 1   | h |
            set-var, set-var-fmt                         | G | 2-  | x | variables of the process are not supported
            httpclient.resolvers.id                      | G | 1   | - | nothing uses HAProxy's own HTTP client
            httpclient.resolvers.prefer                  | G | 1   | - |
            httpclient.ssl.ca-file                       | G | 0-1 | - |
            httpclient.ssl.verify                        | G | 0-1 | - |
            cluster-secret                               | G | 1   | - | there is no QUIC
            tune.quic.frontend.conn-tx-buffers.limit     | G | 1   | - |
            tune.quic.frontend.max-idle-timeout          | G | 1   | - |
            tune.quic.frontend.max-streams-bidi          | G | 1   | - |
            tune.quic.retry-threshold                    | G | 1   | - |
            lua-load, lua-load-per-thread                | G | 1-  | x | Lua is not supported
            lua-prepend-path                             | G | 1-  | x |
            tune.lua.forced-yield, tune.lua.maxmem       | G | 1   | - | nothing uses Lua
            tune.lua.service-timeout                     | G | 1   | - |
            tune.lua.session-timeout                     | G | 1   | - |
            tune.lua.task-timeout                        | G | 1   | - |
            51degrees-cache-size, 51degrees-data-file    | G | 0-  | x | devices are not detected
            51degrees-property-name-list                 | G | 0-  | x |
            51degrees-property-separator                 | G | 0-  | x |
            deviceatlas-json-file, deviceatlas-log-level | G | 0-  | x |
            deviceatlas-properties-cookie                | G | 0-  | x |
            deviceatlas-separator, wurfl-cache-size      | G | 0-  | x |
            wurfl-data-file, wurfl-information-list      | G | 0-  | x |
            wurfl-information-list-separator             | G | 0-  | x |
            """;

    private GlobalKeywords() {}
}

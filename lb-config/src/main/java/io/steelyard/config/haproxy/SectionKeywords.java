package io.steelyard.config.haproxy;

/** The keywords of the lesser sections; see {@link KeywordTable} for the form. */
final class SectionKeywords {
    static final String TABLE = """
            peer, server, bind, default-server, log, table | P | 1-  | - | peers are not told of anything yet
            disabled, enabled                              | P | 0   | - |
            user, group                                    | U | 1-  | h | it belongs to mode http
            nameserver, hold                               | R | 2   | + | name servers
            timeout                                        | R | 2   | + |
            resolve_retries, accepted_payload_size         | R | 1   | + |
            parse-resolv-conf                              | R | 0   | + |
            mailer, timeout                                | M | 2   | - | no mail is sent
            errorfile                                      | E | 2   | h | it belongs to mode http
            server, timeout                                | N | 1-  | - | logs go to standard output and to files so far
            description, format, size, maxlen              | N | 1-  | - |
            backing-file                                   | N | 1   | - |
            """;

    private SectionKeywords() {}
}

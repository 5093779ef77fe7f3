package io.steelyard.config.haproxy;

import java.time.Duration;

/** What {@code global} says of TLS. Filled by one thread before proxies are read. */
final class TlsDefaults {
    /** What relative names of certificates and of authorities begin with. */
    String certificateFolder = "";

    String authorityFolder = "";

    /** What {@code bind} and {@code server} begin with. */
    final TlsDraft binds = new TlsDraft();

    final TlsDraft servers = new TlsDraft();
    boolean verifiesServers = true;
    int cachedSessions = 20_000;
    Duration sessionLifetime = Duration.ofSeconds(300);

    /** The name of a certificate's file. */
    String certificate(String name) {
        return in(certificateFolder, name);
    }

    /** The name of a file of authorities or revocations. */
    String authority(String name) {
        return in(authorityFolder, name);
    }

    private static String in(String folder, String name) {
        return folder.isEmpty() || name.startsWith("/") || name.startsWith("@") ? name : folder + "/" + name;
    }

    /** Takes a statement, if it is one of these. @throws IllegalArgumentException with what was expected */
    void take(Statement statement, Findings findings) {
        var name = statement.keyword().name();
        switch (name) {
            case "crt-base" -> certificateFolder = statement.argument(0).text();
            case "ca-base" -> authorityFolder = statement.argument(0).text();
            case "ssl-default-bind-ciphers" ->
                binds.take("ciphers", statement.argument(0).text());
            case "ssl-default-bind-curves" ->
                binds.take("curves", statement.argument(0).text());
            case "ssl-default-server-ciphers" ->
                servers.take("ciphers", statement.argument(0).text());
            case "ssl-default-bind-options" -> options(statement, binds, findings);
            case "ssl-default-server-options" -> options(statement, servers, findings);
            case "ssl-server-verify" ->
                verifiesServers = verifies(statement.argument(0).text());
            case "tune.ssl.cachesize" ->
                cachedSessions = Values.number(statement.argument(0).text(), 0, Integer.MAX_VALUE);
            case "tune.ssl.lifetime" ->
                sessionLifetime = Values.time(statement.argument(0).text(), Duration.ofSeconds(1));
            default -> {
                // Not of TLS.
            }
        }
    }

    static boolean verifies(String value) {
        return switch (value) {
            case "none" -> false;
            case "required" -> true;
            default -> throw new IllegalArgumentException("none or required");
        };
    }

    private static void options(Statement statement, TlsDraft draft, Findings findings) {
        var words = statement.arguments();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            boolean hasValue = TlsDraft.hasValue(word.text());
            if (!TlsDraft.knows(word.text()) || hasValue && i + 1 == words.size()) {
                findings.error(
                        word.position(),
                        "'" + statement.keyword().name() + "' has no option '" + word + "'",
                        "ssl-min-ver, ssl-max-ver, no-tlsv13, no-tls-tickets, prefer-client-ciphers and the like",
                        "");
                return;
            }
            draft.take(word.text(), hasValue ? words.get(i + 1).text() : "");
            i += hasValue ? 1 : 0;
        }
    }
}

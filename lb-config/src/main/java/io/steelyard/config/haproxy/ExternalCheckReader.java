package io.steelyard.config.haproxy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code option external-check}: a program that is run for each check (HAProxy 2.6, configuration manual 4.2). One thread. */
final class ExternalCheckReader {
    private final Findings findings;
    private final GlobalReader global;
    private final List<Proxy> proxies;

    /** @param proxies all of the file, in its order */
    ExternalCheckReader(Findings findings, GlobalReader global, List<Proxy> proxies) {
        this.findings = findings;
        this.global = global;
        this.proxies = List.copyOf(proxies);
    }

    /** The options of the check; empty where it cannot be, which is told. */
    Map<String, String> read(Statement option, Proxy backend) {
        var command = backend.last("external-check command");
        if (!global.allowsExternalChecks()) {
            findings.error(
                    option.position(),
                    "'option external-check' of " + backend + " runs programs, which global does not allow",
                    "'external-check' in global",
                    "write it there, and 'insecure-fork-wanted'");
            return Map.of();
        }
        if (command.isEmpty()) {
            findings.error(
                    option.position(),
                    "'option external-check' of " + backend + " has no program",
                    "'external-check command PATH'",
                    "");
            return Map.of();
        }
        if (!global.wantsForks()) {
            findings.warning(
                    option.position(),
                    "'option external-check' without 'insecure-fork-wanted' in global: HAProxy lets no process begin then, and its checks fail",
                    "write 'insecure-fork-wanted' there");
        }
        var options = new HashMap<>(Map.of("command", command.get().argument(0).text()));
        backend.last("external-check path")
                .ifPresent(path -> options.put("path", path.argument(0).text()));
        backend.all("bind").stream()
                .findFirst()
                .ifPresent(bind -> entry(bind.argument(0).text(), options));
        int place = 1 + proxies.indexOf(backend) + (global.hasStatsSocket() ? 1 : 0);
        options.put("proxy-number", Integer.toString(place));
        if (!backend.isHttp()) {
            options.put("protocol", "tcp");
        }
        return options;
    }

    /** Where clients come in: the first address of the first {@code bind}. */
    private static void entry(String text, Map<String, String> options) {
        var first = text.split(",", 2)[0].replaceFirst("^(ipv4@|ipv6@|unix@)", "");
        if (first.startsWith("/")) {
            options.put("proxy-address", first);
            return;
        }
        int colon = first.lastIndexOf(':');
        if (colon < 0 || first.indexOf('@') >= 0) {
            return;
        }
        var host = first.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        options.put("proxy-address", host.isEmpty() || host.equals("*") ? "0.0.0.0" : host);
        options.put("proxy-port", first.substring(colon + 1).split("-", 2)[0]);
    }
}

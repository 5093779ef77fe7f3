package io.steelyard.config.nginx;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a {@code server} and the {@code stream} around it may both say. A value the server gives takes the place of the outer one; a list
 * (access rules, logs) takes the place of the whole outer list.
 *
 * @param level the directives as written
 * @param texts values with variables in them, by directive
 * @param access rules of this level alone
 * @param trusted whose word about their clients is taken, at this level alone
 * @param logs logs of this level alone
 * @param hasLogs whether the level says anything of logs
 */
record ServerSettings(
        Level level,
        Map<String, Template> texts,
        List<AccessRule> access,
        List<Network> trusted,
        List<AccessLog> logs,
        boolean hasLogs) {
    private static final int LEAST_BUFFER_BYTES = 1_024;
    private static final int MOST_BUFFER_BYTES = 16 << 20;
    private static final int LEAST_PREREAD_BYTES = 256;
    private static final int MOST_PREREAD_BYTES = 65_536;

    /** Reads a level, telling what is wrong with it. */
    static ServerSettings read(
            Level level,
            VariableScope variables,
            LogReader logs,
            LimitReader limits,
            TrustedNetworks networks,
            Findings findings) {
        var texts = new HashMap<String, Template>();
        for (var name : List.of("proxy_download_rate", "proxy_upload_rate", "proxy_bind")) {
            level.value(name)
                    .filter(word -> word.text().indexOf('$') >= 0)
                    .flatMap(variables::template)
                    .ifPresent(text -> texts.put(name, text));
        }
        level.first("proxy_download_rate").ifPresent(rate -> checkRate(rate, findings));
        level.first("proxy_upload_rate").ifPresent(rate -> checkRate(rate, findings));
        level.first("proxy_buffer_size").ifPresent(size -> checkBuffer(size, findings));
        level.first("proxy_bind").ifPresent(bind -> checkBind(bind, findings));
        level.first("proxy_protocol").ifPresent(header -> checkHeader(header, findings));
        level.first("preread_buffer_size").ifPresent(size -> checkPreread(size, findings));
        limits.check(level);
        return new ServerSettings(
                level,
                texts,
                accessRules(level, findings),
                networks.read(level.all("set_real_ip_from")),
                logs.read(level.all("access_log")),
                level.has("access_log"));
    }

    /** The options of a server with these settings within {@code outer}. */
    ProxyOptions options(ServerSettings outer) {
        var options = ProxyOptions.builder()
                .connectTimeout(Duration.ofSeconds(60))
                .idleTimeout(Duration.ofMinutes(10))
                .halfClose(false);
        value(outer, "proxy_connect_timeout", Values::time).ifPresent(options::connectTimeout);
        value(outer, "proxy_timeout", Values::time).ifPresent(options::idleTimeout);
        value(outer, "proxy_buffer_size", Values::size)
                .ifPresent(bytes -> options.bufferBytes(Math.clamp(bytes, LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES)));
        text(outer, "proxy_download_rate")
                .ifPresentOrElse(
                        options::downloadRateText,
                        () -> value(outer, "proxy_download_rate", Values::size).ifPresent(options::downloadRate));
        text(outer, "proxy_upload_rate")
                .ifPresentOrElse(
                        options::uploadRateText,
                        () -> value(outer, "proxy_upload_rate", Values::size).ifPresent(options::uploadRate));
        value(outer, "proxy_requests", Values::number).ifPresent(options::requests);
        value(outer, "proxy_responses", Values::number).ifPresent(options::responses);
        value(outer, "proxy_next_upstream", Values::flag).ifPresent(options::nextServer);
        value(outer, "proxy_next_upstream_tries", Values::number).ifPresent(options::nextServerTries);
        value(outer, "proxy_next_upstream_timeout", Values::time).ifPresent(options::nextServerTimeout);
        value(outer, "proxy_half_close", Values::flag).ifPresent(options::halfClose);
        value(outer, "proxy_socket_keepalive", Values::flag).ifPresent(options::keepAlive);
        text(outer, "proxy_bind")
                .ifPresentOrElse(
                        options::sourceText,
                        () -> value(outer, "proxy_bind", ServerSettings::source)
                                .ifPresent(from -> options.sourceAddress(
                                                from.getAddress().getHostAddress())
                                        .sourcePort(from.getPort())));
        level.first("proxy_bind")
                .or(() -> outer.level.first("proxy_bind"))
                .ifPresent(bind -> options.transparent(bind.arguments().size() == 2));
        value(outer, "proxy_protocol", ServerSettings::header).ifPresent(options::sendProxyProtocol);
        options.trustedProxies(level.has("set_real_ip_from") ? trusted : outer.trusted);
        value(outer, "proxy_protocol_timeout", Values::time).ifPresent(options::proxyProtocolTimeout);
        value(outer, "ssl_preread", Values::flag).ifPresent(options::tlsPreread);
        value(outer, "preread_buffer_size", Values::size)
                .ifPresent(bytes ->
                        options.prereadBytes((int) Math.clamp(bytes, LEAST_PREREAD_BYTES, MOST_PREREAD_BYTES)));
        value(outer, "preread_timeout", Values::time).ifPresent(options::prereadTimeout);
        return options.build();
    }

    /** The access rules of a server with these settings within {@code outer}. */
    List<AccessRule> access(ServerSettings outer) {
        return level.has("allow", "deny") ? access : outer.access;
    }

    /** The logs of a server with these settings within {@code outer}. */
    List<AccessLog> logs(ServerSettings outer) {
        return hasLogs ? logs : outer.logs;
    }

    /** The timeout of health checks. */
    Duration healthCheckTimeout(ServerSettings outer) {
        return value(outer, "health_check_timeout", Values::time).orElse(Duration.ofSeconds(5));
    }

    /** The text with variables of this level, or the outer one where this one says nothing. */
    private Optional<Template> text(ServerSettings outer, String name) {
        return Optional.ofNullable((level.has(name) ? texts : outer.texts).get(name));
    }

    /** An address, with port 0, or an address and port. */
    static InetSocketAddress source(String text) {
        try {
            return new InetSocketAddress(ServerAddress.numericAddress(text), 0);
        } catch (IllegalArgumentException notAlone) {
            if (ServerAddress.parse(text) instanceof ServerAddress.Ip ip) {
                return new InetSocketAddress(ip.address(), ip.port());
            }
            throw new IllegalArgumentException("a numeric address", notAlone);
        }
    }

    /** The value of this level or the outer one; empty where there is none, or one that cannot be used, which was told. */
    private <T> Optional<T> value(ServerSettings outer, String name, Function<String, T> read) {
        try {
            return level.value(name)
                    .or(() -> outer.level.value(name))
                    .map(Word::text)
                    .map(read);
        } catch (IllegalArgumentException told) {
            return Optional.empty();
        }
    }

    private static void checkRate(Directive directive, Findings findings) {
        var word = directive.argument(0);
        if (word.text().indexOf('$') >= 0) {
            return;
        }
        try {
            Values.size(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, word, Values.SIZE_FORM);
        }
    }

    private static void checkBuffer(Directive directive, Findings findings) {
        var word = directive.argument(0);
        long bytes = Values.size(word.text());
        long used = Math.clamp(bytes, LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES);
        if (used != bytes) {
            findings.warning(word.position(), "a buffer of " + used + " bytes is used", "write a size from 1k to 16m");
        }
    }

    private static void checkPreread(Directive directive, Findings findings) {
        var word = directive.argument(0);
        long bytes = Values.size(word.text());
        long used = Math.clamp(bytes, LEAST_PREREAD_BYTES, MOST_PREREAD_BYTES);
        if (used != bytes) {
            findings.warning(word.position(), used + " bytes are looked at", "write a size from 256 to 64k");
        }
    }

    private static void checkHeader(Directive directive, Findings findings) {
        try {
            header(directive.argument(0).text());
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, directive.argument(0), "on, off or v2");
        }
    }

    private static ProxyProtocol header(String text) {
        return text.equals("v2") ? ProxyProtocol.V2 : Values.flag(text) ? ProxyProtocol.V1 : ProxyProtocol.NONE;
    }

    static void checkBind(Directive directive, Findings findings) {
        var word = directive.argument(0);
        if (directive.arguments().size() == 2 && !directive.argument(1).text().equals("transparent")) {
            findings.error(
                    directive.argument(1).position(),
                    "'proxy_bind' has no parameter '" + directive.argument(1) + "'",
                    "transparent",
                    "");
        }
        if (word.text().equals("off") || word.text().indexOf('$') >= 0) {
            return;
        }
        try {
            source(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, word, "a numeric address, address:port, text with variables, or off");
        }
    }

    private static void refuseUnlessOff(Level level, String name, String why, Findings findings) {
        level.value(name).ifPresent(word -> {
            if (word.text().equalsIgnoreCase("off")) {
                return;
            }
            if (word.text().equalsIgnoreCase("on")) {
                findings.error(word.position(), "'" + name + " " + word + "' cannot be honoured: " + why);
            } else {
                findings.error(word.position(), "'" + name + "' has the argument '" + word + "'", "on or off", "");
            }
        });
    }

    /** The rules of one level, in order. */
    static List<AccessRule> accessRules(Level level, Findings findings) {
        var rules = new ArrayList<AccessRule>();
        for (var directive : level.directives()) {
            boolean isAllowed = directive.keyword().equals("allow");
            if (!isAllowed && !directive.keyword().equals("deny")) {
                continue;
            }
            var word = directive.argument(0);
            switch (word.text()) {
                case "all" -> {
                    rules.add(AccessRule.parse(isAllowed, "0.0.0.0/0"));
                    rules.add(AccessRule.parse(isAllowed, "::/0"));
                }
                case "unix:" -> rules.add(AccessRule.parse(isAllowed, TrustedNetworks.UNIX_CLIENTS));
                default -> accessRule(directive, word, isAllowed, findings).ifPresent(rules::add);
            }
        }
        return rules;
    }

    private static Optional<AccessRule> accessRule(
            Directive directive, Word word, boolean isAllowed, Findings findings) {
        try {
            var rule = AccessRule.parse(isAllowed, word.text());
            if (!rule.matches(rule.network())) {
                throw new IllegalArgumentException("it matches nothing");
            }
            if (hasStrayBits(rule)) {
                findings.warning(
                        word.position(),
                        "the low address bits of '" + word + "' are meaningless",
                        "correct the prefix or the address");
            }
            return Optional.of(rule);
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, word, "an address, address/prefix, unix: or all");
            return Optional.empty();
        }
    }

    private static boolean hasStrayBits(AccessRule rule) {
        var bytes = rule.network().getAddress();
        for (int bit = rule.prefix(); bit < bytes.length * 8; bit++) {
            if ((bytes[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                return true;
            }
        }
        return false;
    }
}

package io.steelyard.config.nginx;

import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.SameSite;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.RouteAffinity;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.affinity.TableAffinity.Use;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code sticky} of an upstream of http. */
final class StickyReader {
    /** What a session takes in nginx's zones: about 4,000 fit in a megabyte (documentation of {@code sticky}). */
    private static final int BYTES_A_SESSION = 256;

    private static final int KEY_BYTES = 256;

    /** What nginx writes for {@code expires=max}. */
    private static final Duration TEN_YEARS = Duration.ofDays(3_650);

    private final Findings findings;
    private final VariableScope variables;
    private final Map<String, StickTable> tables = new LinkedHashMap<>();

    StickyReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** The tables of sessions that upstreams named. */
    List<StickTable> tables() {
        return List.copyOf(tables.values());
    }

    /** How clients come back; empty, and told, where the directive is wrong. */
    Optional<RequestAffinity> read(Directive sticky) {
        var rest = sticky.arguments().subList(1, sticky.arguments().size());
        if (rest.isEmpty()) {
            findings.error(sticky.position(), "'sticky' says too little", "cookie NAME, route $variable or learn", "");
            return Optional.empty();
        }
        return switch (sticky.argument(0).text()) {
            case "cookie" -> cookie(sticky, rest);
            case "route" -> route(rest);
            case "learn" -> learn(sticky, rest);
            default -> {
                findings.badArgument(sticky, sticky.argument(0), "cookie, route or learn");
                yield Optional.empty();
            }
        };
    }

    private Optional<RequestAffinity> cookie(Directive sticky, List<Word> words) {
        Word at = words.getFirst();
        try {
            var cookie = CookieAffinity.builder(at.text()).value(new Value.AddressDigest());
            cookie.build();
            for (var word : words.subList(1, words.size())) {
                at = word;
                if (word.text().indexOf('$') >= 0) {
                    computedParameter(word, cookie);
                } else {
                    cookieParameter(word.text(), cookie);
                }
            }
            return Optional.of(RequestAffinity.of(cookie.build()));
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(sticky, at, wrong);
            return Optional.empty();
        }
    }

    private void computedParameter(Word word, CookieAffinity.Builder cookie) {
        if (!word.text().matches("(domain|path|samesite)=.*")) {
            throw new IllegalArgumentException("variables in domain=, path= and samesite= only");
        }
        variables.template(word).ifPresent(cookie::computedAttribute);
    }

    private static void cookieParameter(String text, CookieAffinity.Builder cookie) {
        int equals = text.indexOf('=');
        var value = text.substring(equals + 1);
        switch (equals < 0 ? text : text.substring(0, equals + 1)) {
            case "expires=" -> cookie.expires(value.equals("max") ? TEN_YEARS : Values.time(value));
            case "domain=" -> cookie.domain(value);
            case "path=" -> cookie.path(value);
            case "httponly" -> cookie.httpOnly(true);
            case "secure" -> cookie.secure(true);
            case "samesite=" ->
                cookie.sameSite(
                        switch (value) {
                            case "strict" -> SameSite.STRICT;
                            case "lax" -> SameSite.LAX;
                            case "none" -> SameSite.NONE;
                            default -> throw new IllegalArgumentException("samesite=strict, lax or none");
                        });
            default -> throw new IllegalArgumentException("expires=, domain=, path=, httponly, secure or samesite=");
        }
    }

    private Optional<RequestAffinity> route(List<Word> words) {
        var values = new ArrayList<Template>();
        for (var word : words) {
            variables.template(word).ifPresent(values::add);
        }
        return values.size() < words.size()
                ? Optional.empty()
                : Optional.of(RequestAffinity.of(new RouteAffinity(values)));
    }

    /** What the parameters of {@code learn} say. */
    private static final class Draft {
        private final List<Word> created = new ArrayList<>();
        private final List<Word> looked = new ArrayList<>();
        private String zone = "";
        private long bytes;
        private Duration timeout = Duration.ofMinutes(10);
    }

    private Optional<RequestAffinity> learn(Directive sticky, List<Word> words) {
        var draft = new Draft();
        for (var word : words) {
            try {
                learnParameter(sticky, word, draft);
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(sticky, word, wrong);
                return Optional.empty();
            }
        }
        if (draft.zone.isEmpty() || draft.created.isEmpty() || draft.looked.isEmpty()) {
            findings.error(
                    sticky.position(), "'sticky learn' says too little", "create=$…, lookup=$… and zone=NAME:SIZE", "");
            return Optional.empty();
        }
        int capacity = (int) Math.clamp(draft.bytes / BYTES_A_SESSION, 1, 1 << 24);
        var table = new StickTable(draft.zone, KEY_BYTES, capacity, draft.timeout, true);
        var before = tables.putIfAbsent(draft.zone, table);
        if (before != null && !before.equals(table)) {
            findings.error(sticky.position(), "zone '" + draft.zone + "' is another zone before", "", "rename it");
            return Optional.empty();
        }
        findings.place("stickTables." + draft.zone, sticky.position());
        var rules = new ArrayList<RequestAffinity.Rule>();
        draft.looked.forEach(word -> rule(word, Use.MATCH, draft.zone, rules));
        draft.created.forEach(word -> rule(word, Use.STORE_RESPONSE, draft.zone, rules));
        return rules.size() < draft.looked.size() + draft.created.size()
                ? Optional.empty()
                : Optional.of(new RequestAffinity(rules, false));
    }

    private void rule(Word word, Use use, String zone, List<RequestAffinity.Rule> rules) {
        var key = word.text().substring(word.text().indexOf('=') + 1);
        variables
                .template(word, key)
                .ifPresent(template -> rules.add(new TableAffinity(use, zone, template, Optional.empty())));
    }

    private void learnParameter(Directive sticky, Word word, Draft draft) {
        var text = word.text();
        if (text.startsWith("create=")) {
            draft.created.add(word);
        } else if (text.startsWith("lookup=")) {
            draft.looked.add(word);
        } else if (text.startsWith("zone=")) {
            int colon = text.indexOf(':');
            if (colon < 6) {
                throw new IllegalArgumentException("zone=NAME:SIZE");
            }
            draft.zone = text.substring(5, colon);
            draft.bytes = Values.size(text.substring(colon + 1));
        } else if (text.startsWith("timeout=")) {
            draft.timeout = Values.time(text.substring(8));
        } else if (text.equals("header")) {
            findings.acceptedParameter(
                    sticky, word, "header", "sessions are always learned as soon as the header is there");
        } else if (text.equals("sync")) {
            findings.acceptedParameter(sticky, word, "sync", "there is no cluster to share sessions with");
        } else {
            throw new IllegalArgumentException("create=, lookup=, zone=, timeout=, header or sync");
        }
    }
}

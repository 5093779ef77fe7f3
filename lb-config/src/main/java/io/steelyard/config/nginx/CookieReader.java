package io.steelyard.config.nginx;

import io.steelyard.api.http.CookieChange;
import io.steelyard.api.http.CookieChange.Attribute;
import io.steelyard.api.http.CookieChange.Flag;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code proxy_cookie_domain}, {@code proxy_cookie_path} and {@code proxy_cookie_flags}. */
final class CookieReader {
    private final Findings findings;
    private final VariableScope variables;

    CookieReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** The changes of a location's cookies, in the order nginx makes them. */
    List<CookieChange> read(HttpScope scope) {
        var changes = new ArrayList<CookieChange>();
        changes.addAll(rewrites(scope.nearestAll("proxy_cookie_domain"), Attribute.DOMAIN));
        changes.addAll(rewrites(scope.nearestAll("proxy_cookie_path"), Attribute.PATH));
        boolean isOff = false;
        var flags = new ArrayList<CookieChange>();
        for (var directive : scope.nearestAll("proxy_cookie_flags")) {
            if (directive.arguments().size() == 1
                    && directive.argument(0).text().equals("off")) {
                isOff = true;
            } else {
                flags(directive).ifPresent(flags::add);
            }
        }
        if (!isOff) {
            changes.addAll(flags);
        }
        return changes;
    }

    private List<CookieChange> rewrites(List<Directive> directives, Attribute attribute) {
        var rewrites = new ArrayList<CookieChange>();
        boolean isOff = false;
        for (var directive : directives) {
            if (directive.arguments().size() == 2) {
                rewrite(directive, attribute).ifPresent(rewrites::add);
            } else if (directive.argument(0).text().equals("off")) {
                isOff = true;
            } else {
                findings.badArgument(directive, directive.argument(0), "off, or two arguments");
            }
        }
        return isOff ? List.of() : rewrites;
    }

    /** What a cookie's name or attribute is compared with. */
    private record Matcher(boolean isExpression, boolean ignoresCase, Template text) {}

    private Optional<Matcher> matcher(Word word, boolean alwaysIgnoresCase) {
        var text = word.text();
        if (!text.startsWith("~")) {
            return variables.template(word).map(template -> new Matcher(false, alwaysIgnoresCase, template));
        }
        boolean ignoresCase = text.startsWith("~*");
        var expression = text.substring(ignoresCase ? 2 : 1);
        return Patterns.check(findings, word, expression).map(pattern -> {
            variables.defineGroups(pattern.names().stream());
            return new Matcher(true, ignoresCase || alwaysIgnoresCase, Template.literal(expression));
        });
    }

    private Optional<CookieChange> rewrite(Directive directive, Attribute attribute) {
        var to = variables.template(directive.argument(1));
        return matcher(directive.argument(0), attribute == Attribute.DOMAIN)
                .flatMap(from -> to.map(by ->
                        new CookieChange.Rewrite(attribute, from.isExpression(), from.ignoresCase(), from.text(), by)));
    }

    private Optional<CookieChange> flags(Directive directive) {
        var set = EnumSet.noneOf(Flag.class);
        var cleared = EnumSet.noneOf(Flag.class);
        for (var word : directive.arguments().subList(1, directive.arguments().size())) {
            switch (word.text().toLowerCase(Locale.ROOT)) {
                case "secure" -> set.add(Flag.SECURE);
                case "httponly" -> set.add(Flag.HTTP_ONLY);
                case "samesite=strict" -> set.add(Flag.SAME_SITE_STRICT);
                case "samesite=lax" -> set.add(Flag.SAME_SITE_LAX);
                case "samesite=none" -> set.add(Flag.SAME_SITE_NONE);
                case "nosecure" -> cleared.add(Flag.SECURE);
                case "nohttponly" -> cleared.add(Flag.HTTP_ONLY);
                case "nosamesite" -> cleared.add(Flag.SAME_SITE);
                default -> {
                    if (word.text().indexOf('$') >= 0) {
                        findings.error(word.position(), "a flag with variables cannot be honoured", "a flag", "");
                    } else {
                        findings.badArgument(
                                directive,
                                word,
                                "secure, httponly, samesite=strict, samesite=lax, samesite=none, nosecure, nohttponly or"
                                        + " nosamesite");
                    }
                }
            }
        }
        return matcher(directive.argument(0), true)
                .map(name ->
                        new CookieChange.Flags(name.isExpression(), name.ignoresCase(), name.text(), set, cleared));
    }
}

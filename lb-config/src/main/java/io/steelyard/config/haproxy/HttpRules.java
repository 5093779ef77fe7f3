package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.HttpRule.Action;
import io.steelyard.config.haproxy.expression.Expression;
import io.steelyard.config.haproxy.expression.LogFormat;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the rules of a proxy in {@code mode http}, telling what is wrong with them. */
final class HttpRules {
    private static final Set<Integer> DENIED =
            Set.of(200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 425, 429, 500, 501, 502, 503, 504);
    private static final Set<Integer> REDIRECTED = Set.of(301, 302, 303, 307, 308);

    /** Actions that are taken as they are, by the beginning of their names. */
    private static final List<String> OTHER = List.of(
            "add-acl",
            "auth",
            "cache-use",
            "cache-store",
            "capture",
            "del-acl",
            "del-map",
            "disable-l7-retry",
            "do-resolve",
            "early-hint",
            "normalize-uri",
            "reject",
            "sc-inc-gpc",
            "sc-set-gpt",
            "send-spoe-group",
            "set-dst",
            "set-log-level",
            "set-map",
            "set-mark",
            "set-nice",
            "set-priority",
            "set-src",
            "set-timeout",
            "set-tos",
            "silent-drop",
            "strict-mode",
            "tarpit",
            "track-sc",
            "unset-var",
            "use-service",
            "wait-for-body",
            "wait-for-handshake");

    private static final Set<String> OF_REQUESTS = Set.of(
            "normalize-uri",
            "set-path",
            "set-pathq",
            "set-query",
            "set-uri",
            "set-method",
            "replace-path",
            "replace-pathq",
            "replace-uri");
    private static final Set<String> NOT_AFTERWARDS = Set.of("deny", "return", "redirect");
    private static final Pattern VARIABLE = Pattern.compile("(proc|sess|txn|req|res|check)\\.[A-Za-z0-9_.]+");

    private final Findings findings;
    private final Rules rules;

    HttpRules(Findings findings, Rules rules) {
        this.findings = findings;
        this.rules = rules;
    }

    /** Tells what is wrong with the rules of these kinds. */
    void check(Proxy proxy, List<String> kinds) {
        kinds.forEach(kind -> read(proxy, kind));
    }

    /** The rules of one kind, such as {@code http-request}, in order; those that are wrong are told and left out. */
    List<HttpRule> read(Proxy proxy, String kind) {
        var all = new ArrayList<HttpRule>();
        for (var statement : proxy.all(kind)) {
            var words = statement.arguments();
            int end = Rules.conditionStart(words);
            var condition = rules.condition(proxy, words.subList(end, words.size()));
            try {
                var action = action(kind, words.subList(0, end));
                condition.ifPresent(held -> all.add(new HttpRule(action, held)));
            } catch (IllegalArgumentException wrong) {
                findings.error(statement.argument(0).position(), "'" + kind + "': " + wrong.getMessage());
            }
        }
        return all;
    }

    private static Action action(String kind, List<Word> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("there is no action before the condition");
        }
        var name = words.getFirst().text();
        boolean isElsewhere = OF_REQUESTS.contains(name) && !kind.equals("http-request")
                || NOT_AFTERWARDS.contains(name) && kind.equals("http-after-response")
                || name.equals("set-status") && kind.equals("http-request");
        if (isElsewhere) {
            throw new IllegalArgumentException("'" + name + "' is no action here");
        }
        var arguments = words.subList(1, words.size()).stream().map(Word::text).toList();
        return switch (name) {
            case "allow" -> {
                count(name, arguments, 0);
                yield new Action.Allow();
            }
            case "deny" -> deny(arguments);
            case "return" -> answer(arguments);
            case "redirect" -> redirect(arguments);
            case "add-header", "set-header" -> {
                count(name, arguments, 2);
                yield new Action.Header(name, arguments.get(0), "", LogFormat.parse(arguments.get(1)));
            }
            case "del-header" -> {
                boolean hasMethod = arguments.size() == 3 && arguments.get(1).equals("-m");
                count(name, hasMethod ? arguments.subList(0, 1) : arguments, 1);
                yield new Action.Header(name, arguments.getFirst(), "", LogFormat.parse(""));
            }
            case "replace-header", "replace-value" -> {
                count(name, arguments, 3);
                yield new Action.Header(
                        name, arguments.get(0), regex(arguments.get(1)), LogFormat.parse(arguments.get(2)));
            }
            case "set-path", "set-pathq", "set-query", "set-uri", "set-method" -> {
                count(name, arguments, 1);
                yield new Action.Line(name, "", LogFormat.parse(arguments.getFirst()));
            }
            case "set-status" -> {
                boolean hasReason = arguments.size() == 3 && arguments.get(1).equals("reason");
                count(name, hasReason ? arguments.subList(0, 1) : arguments, 1);
                Values.number(arguments.getFirst(), 100, 999);
                yield new Action.Line(name, "", LogFormat.parse(arguments.getFirst()));
            }
            case "replace-path", "replace-pathq", "replace-uri" -> {
                count(name, arguments, 2);
                yield new Action.Line(name, regex(arguments.get(0)), LogFormat.parse(arguments.get(1)));
            }
            default -> other(name, arguments);
        };
    }

    private static Action other(String name, List<String> arguments) {
        if (name.startsWith("set-var(") && name.endsWith(")")) {
            var expression = String.join("", arguments);
            Expression.parse(expression);
            return new Action.Variable(variable(name.substring(8, name.length() - 1)), expression);
        }
        if (name.startsWith("set-var-fmt(") && name.endsWith(")")) {
            count(name, arguments, 1);
            LogFormat.parse(arguments.getFirst());
            return new Action.Variable(variable(name.substring(12, name.length() - 1)), arguments.getFirst());
        }
        if (OTHER.stream().noneMatch(name::startsWith)) {
            throw new IllegalArgumentException("unknown action '" + name + "'");
        }
        return new Action.Other(name, arguments);
    }

    private static String variable(String text) {
        var name = text.indexOf(',') < 0 ? text : text.substring(0, text.indexOf(','));
        if (!VARIABLE.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no variable, expected one such as txn.name");
        }
        return name;
    }

    private static void count(String name, List<String> arguments, int wanted) {
        if (arguments.size() != wanted) {
            throw new IllegalArgumentException(
                    "'" + name + "' has " + arguments.size() + " arguments, expected " + wanted);
        }
    }

    private static String regex(String text) {
        try {
            return Pattern.compile(text).pattern();
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a regular expression: " + wrong.getDescription(), wrong);
        }
    }

    /** Arguments as names and values; flags alone have no value. */
    private static Map<String, String> pairs(
            String action, List<String> arguments, Set<String> names, Set<String> flags) {
        var pairs = new HashMap<String, String>();
        for (int i = 0; i < arguments.size(); i++) {
            var name = arguments.get(i);
            if (flags.contains(name)) {
                pairs.put(name, "");
            } else if (!names.contains(name)) {
                throw new IllegalArgumentException("'" + action + "' has no parameter '" + name + "'");
            } else if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("'" + name + "' of '" + action + "' has no value");
            } else {
                pairs.put(name, arguments.get(++i));
            }
        }
        return pairs;
    }

    private static Action deny(List<String> arguments) {
        var pairs = pairs(
                "deny",
                arguments,
                Set.of(
                        "status",
                        "deny_status",
                        "content-type",
                        "errorfile",
                        "errorfiles",
                        "file",
                        "lf-file",
                        "string",
                        "lf-string"),
                Set.of("default-errorfiles"));
        var status = Optional.ofNullable(pairs.get("status")).or(() -> Optional.ofNullable(pairs.get("deny_status")));
        int code = status.map(text -> Values.number(text, 200, 599)).orElse(403);
        if (!DENIED.contains(code)) {
            throw new IllegalArgumentException("deny has no status " + code);
        }
        return new Action.Deny(code);
    }

    private static Action answer(List<String> arguments) {
        var pairs = pairs(
                "return",
                withoutHeaders(arguments),
                Set.of("status", "content-type", "errorfile", "errorfiles", "file", "lf-file", "string", "lf-string"),
                Set.of("default-errorfiles"));
        int status = Values.number(pairs.getOrDefault("status", "200"), 200, 599);
        var format = pairs.containsKey("lf-string")
                ? LogFormat.parse(pairs.getOrDefault("lf-string", ""))
                : LogFormat.parse(pairs.getOrDefault("string", "").replace("%", "%%"));
        boolean hasContent = pairs.containsKey("string") || pairs.containsKey("lf-string");
        if (hasContent && !pairs.containsKey("content-type")) {
            throw new IllegalArgumentException("'return' has a content and no content-type");
        }
        return new Action.Return(status, pairs.getOrDefault("content-type", ""), format);
    }

    private static List<String> withoutHeaders(List<String> arguments) {
        var rest = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals("hdr") && i + 2 < arguments.size()) {
                LogFormat.parse(arguments.get(i + 2));
                i += 2;
            } else {
                rest.add(arguments.get(i));
            }
        }
        return rest;
    }

    private static Action redirect(List<String> arguments) {
        var pairs = pairs(
                "redirect",
                arguments,
                Set.of("location", "prefix", "scheme", "code", "set-cookie", "clear-cookie"),
                Set.of("drop-query", "append-slash", "ignore-empty"));
        int code = Values.number(pairs.getOrDefault("code", "302"), 300, 399);
        if (!REDIRECTED.contains(code)) {
            throw new IllegalArgumentException("redirect has no code " + code + ", expected 301, 302, 303, 307 or 308");
        }
        for (var kind : List.of("location", "prefix", "scheme")) {
            if (pairs.containsKey(kind)) {
                return new Action.Redirect(kind, LogFormat.parse(pairs.getOrDefault(kind, "")), code);
            }
        }
        throw new IllegalArgumentException("redirect has no place, expected location, prefix or scheme");
    }
}

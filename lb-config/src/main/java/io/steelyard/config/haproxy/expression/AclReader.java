package io.steelyard.config.haproxy.expression;

import io.steelyard.api.text.PatternFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads {@code expression [flags] [patterns]}. */
final class AclReader {
    private static final Set<String> OPERATORS = Set.of("eq", "ge", "gt", "le", "lt");

    private final Conditions.PatternFiles files;

    AclReader(Conditions.PatternFiles files) {
        this.files = files;
    }

    /** The flags that stand before patterns. */
    private static final class Flags {
        boolean ignoresCase;
        MatchMethod method;
        String operator = "eq";

        Flags(MatchMethod method) {
            this.method = method;
        }
    }

    Acl read(List<String> words, int from, int to) throws MalformedConditionException {
        if (from >= to) {
            throw new MalformedConditionException(from, "an ACL has no expression");
        }
        var head = head(words.get(from), from);
        var flags = new Flags(head.method());
        var patterns = new ArrayList<Pattern>();
        int at = readFlags(words, from + 1, to, flags, patterns);
        for (; at < to; at++) {
            var word = words.get(at);
            if (flags.method == MatchMethod.BOOL || flags.method == MatchMethod.FOUND) {
                continue;
            }
            boolean hasOperators = flags.method == MatchMethod.INT || flags.method == MatchMethod.LEN;
            if (hasOperators && OPERATORS.contains(word)) {
                flags.operator = word;
                if (at + 1 == to) {
                    throw new MalformedConditionException(at, "'" + word + "' has no number");
                }
                continue;
            }
            patterns.add(pattern(word, flags, at));
        }
        return new Acl(head.expression(), flags.method, patterns);
    }

    private record Head(Expression expression, MatchMethod method) {}

    private static Head head(String word, int at) throws MalformedConditionException {
        try {
            var calls = Calls.split(word);
            var first = calls.getFirst();
            var suffixed = Fetches.named(first.name()).isPresent()
                    ? java.util.Optional.<java.util.Map.Entry<FetchMethod, MatchMethod>>empty()
                    : Fetches.suffixed(first.name());
            if (suffixed.isPresent()) {
                var fetch = Expression.fetch(suffixed.get().getKey(), first);
                return new Head(
                        Expression.of(fetch, calls.subList(1, calls.size())),
                        suffixed.get().getValue());
            }
            var expression = Expression.parse(word);
            return new Head(expression, MatchMethod.of(expression.type()));
        } catch (IllegalArgumentException wrong) {
            throw new MalformedConditionException(at, String.valueOf(wrong.getMessage()));
        }
    }

    private int readFlags(List<String> words, int start, int to, Flags flags, List<Pattern> patterns)
            throws MalformedConditionException {
        var files = new ArrayList<Integer>();
        int at = start;
        flags:
        while (at < to && words.get(at).startsWith("-")) {
            var flag = words.get(at);
            switch (flag) {
                case "-i" -> flags.ignoresCase = true;
                case "-n", "-M" -> {}
                case "-u" -> at++;
                case "-f" -> files.add(++at);
                case "-m" -> {
                    at++;
                    var name = at < to ? words.get(at) : "";
                    int here = at;
                    flags.method = MatchMethod.named(name)
                            .orElseThrow(() -> new MalformedConditionException(
                                    Math.min(here, to - 1), "unknown match method '" + name + "'"));
                }
                case "--" -> {
                    at++;
                    break flags;
                }
                default -> {
                    if (flag.length() > 1 && Character.isDigit(flag.charAt(1))) {
                        break flags;
                    }
                    throw new MalformedConditionException(at, "an ACL has no flag '" + flag + "'");
                }
            }
            at++;
        }
        if (at > to) {
            throw new MalformedConditionException(to - 1, "'" + words.get(to - 1) + "' has no value");
        }
        for (int file : files) {
            readFile(words.get(file), flags, patterns, file);
        }
        return at;
    }

    private void readFile(String file, Flags flags, List<Pattern> patterns, int at) throws MalformedConditionException {
        try {
            patterns.add(new Pattern.File(new PatternIndex(
                    PatternFile.of(file, false, files::lines), flags.method, flags.ignoresCase, Sample.Type.STR)));
        } catch (IOException unreadable) {
            throw new MalformedConditionException(at, "file '" + file + "' cannot be read");
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new MalformedConditionException(at, String.valueOf(wrong.getMessage()));
        }
    }

    private static Pattern pattern(String word, Flags flags, int at) throws MalformedConditionException {
        try {
            return Pattern.read(word, flags.method, flags.operator, flags.ignoresCase);
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new MalformedConditionException(
                    at, "'" + word + "' cannot be matched by " + flags.method.word() + ": " + wrong.getMessage());
        }
    }
}

package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.HttpFacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code haproxy.binary}: what {@code balance} hashes: the bytes of an expression; or behind {@code uri} what its options leave of the
 * target, behind {@code domain} the main part of the host's name, or behind {@code posted} an expression or, where a POST has no value of it, the
 * parameter of its body.
 */
public final class BinaryLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.binary";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "the bytes of sample expressions, as balance hash of haproxy.cfg has them";
    }

    @Override
    public Expression compile(String text) {
        var words = Quoting.split(text);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("there is no expression");
        }
        if (words.getFirst().equals("uri")) {
            return uri(words);
        }
        if (words.getFirst().equals("posted")) {
            return posted(words);
        }
        boolean isDomain = words.getFirst().equals("domain");
        var expression = io.steelyard.config.haproxy.expression.Expression.parse(words.get(isDomain ? 1 : 0));
        return facts -> {
            var bytes = bytes(expression, facts);
            return bytes == null || !isDomain ? bytes : domain(bytes);
        };
    }

    private static @Nullable String bytes(
            io.steelyard.config.haproxy.expression.Expression expression, HttpFacts facts) {
        return expression
                .value(new FactSource(facts, UserLists.NONE))
                .flatMap(sample -> sample.as(Sample.Type.BIN))
                .map(sample -> new String(Converters.bytes(sample), StandardCharsets.ISO_8859_1))
                .orElse(null);
    }

    private static Expression posted(List<String> words) {
        if (words.size() != 3) {
            throw new IllegalArgumentException("'posted' has an expression and the name of a parameter");
        }
        var expression = io.steelyard.config.haproxy.expression.Expression.parse(words.get(1));
        var name = words.get(2);
        return facts -> {
            var value = bytes(expression, facts);
            var body = value == null && facts.method().equals("POST") ? facts.bodyStart() : value;
            return value != null || body == null ? value : Targets.posted(body, name);
        };
    }

    private static Expression uri(List<String> words) {
        boolean isWhole = words.contains("whole");
        boolean isPathOnly = words.contains("path-only");
        int length = number(words, "len");
        int depth = number(words, "depth");
        return facts -> {
            var target = isPathOnly ? Targets.pathAndQuery(facts.target()) : facts.target();
            int slashes = 0;
            int most = length == 0 ? target.length() : Math.min(length, target.length());
            for (int i = 0; i < most; i++) {
                char c = target.charAt(i);
                if (c == '/' && depth > 0 && ++slashes == depth + 1 || c == '?' && !isWhole) {
                    return target.substring(0, i);
                }
            }
            return target.substring(0, most);
        };
    }

    private static int number(List<String> words, String name) {
        int at = words.indexOf(name);
        return at < 0 ? 0 : Integer.parseInt(words.get(at + 1));
    }

    /** The part between the last two dots: the name without the host and the top-level domain. */
    private static String domain(String host) {
        int end = host.lastIndexOf('.');
        if (end < 0) {
            return host;
        }
        return host.substring(host.lastIndexOf('.', end - 1) + 1, end);
    }
}

package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.ForwardedOption;
import io.steelyard.realip.header.ForwardedOption.Expressions;
import io.steelyard.realip.header.ForwardedOption.Node;
import io.steelyard.realip.header.ForwardedOption.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code haproxy.forwarded}: what {@code option forwarded} (HAProxy 2.8) says of a request: {@code proto}, and {@code host}, {@code by},
 * {@code by_port}, {@code for} and {@code for_port}, each also with {@code -expr} and an expression behind it. No word stands for
 * {@code proto for}.
 */
public final class ForwardedLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.forwarded";

    private static final Set<String> PARTS = Set.of("host", "by", "by_port", "for", "for_port");

    private static final Expression IS_TLS = parse("ssl_fc");
    private static final Expression HOST = parse("req.hdr(host,1)");
    private static final Expression CLIENT = parse("src");
    private static final Expression CLIENT_PORT = parse("src_port");
    private static final Expression DESTINATION = parse("dst");
    private static final Expression DESTINATION_PORT = parse("dst_port");

    /** A sample expression; named apart from what this language makes. */
    private record Expression(io.steelyard.config.haproxy.expression.Expression parsed) {
        Optional<String> of(SampleSource facts) {
            return parsed.value(facts)
                    .flatMap(sample -> sample.as(Sample.Type.STR))
                    .map(Sample::text);
        }
    }

    private static Expression parse(String text) {
        return new Expression(io.steelyard.config.haproxy.expression.Expression.parse(text));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "an element of Forwarded, as option forwarded of haproxy.cfg has it";
    }

    @Override
    public ExpressionLanguage.Expression compile(String text) {
        var element = read(text);
        return facts -> element.apply(new FactSource(facts, UserLists.NONE));
    }

    /** What gives the element of a request. */
    static Function<SampleSource, String> read(String text) {
        var sources = new HashMap<String, Source>();
        var expressions = new HashMap<String, Expression>();
        boolean tellsScheme = read(Quoting.split(text), sources, expressions);
        boolean saysNothing = !tellsScheme && sources.isEmpty();
        var option = saysNothing
                ? ForwardedOption.DEFAULT
                : new ForwardedOption(
                        tellsScheme,
                        sources.getOrDefault("host", Source.NONE),
                        node(sources, "by"),
                        node(sources, "for"));
        return facts -> option.element(request(facts, expressions));
    }

    private static boolean read(List<String> words, Map<String, Source> sources, Map<String, Expression> expressions) {
        boolean tellsScheme = false;
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            var part = word.endsWith("-expr") ? word.substring(0, word.length() - "-expr".length()) : word;
            if (word.equals("proto")) {
                tellsScheme = true;
            } else if (!PARTS.contains(part)) {
                throw new IllegalArgumentException("there is no parameter '" + word
                        + "'; expected proto, host, by, by_port, for, for_port, or one of these with -expr");
            } else if (part.equals(word)) {
                sources.put(part, Source.ORIGINAL);
            } else if (i + 1 == words.size()) {
                throw new IllegalArgumentException("'" + word + "' has no expression");
            } else {
                sources.put(part, Source.EXPRESSION);
                expressions.put(part, parse(words.get(++i)));
            }
        }
        for (var node : List.of("by", "for")) {
            if (sources.containsKey(node + "_port") && !sources.containsKey(node)) {
                throw new IllegalArgumentException("'" + node + "_port' needs '" + node + "'");
            }
        }
        return tellsScheme;
    }

    private static Node node(Map<String, Source> sources, String name) {
        return new Node(sources.getOrDefault(name, Source.NONE), sources.getOrDefault(name + "_port", Source.NONE));
    }

    private static ForwardedOption.Request request(SampleSource facts, Map<String, Expression> expressions) {
        return new ForwardedOption.Request(
                IS_TLS.of(facts).filter(value -> value.equals("1")).isPresent(),
                HOST.of(facts),
                endpoint(CLIENT.of(facts), CLIENT_PORT.of(facts)),
                endpoint(DESTINATION.of(facts), DESTINATION_PORT.of(facts)),
                new Expressions(
                        value(expressions.get("host"), facts),
                        value(expressions.get("by"), facts),
                        value(expressions.get("by_port"), facts),
                        value(expressions.get("for"), facts),
                        value(expressions.get("for_port"), facts)));
    }

    private static Optional<String> value(@Nullable Expression expression, SampleSource facts) {
        return expression == null ? Optional.empty() : expression.of(facts);
    }

    private static Endpoint endpoint(Optional<String> address, Optional<String> port) {
        return address.isEmpty() || port.isEmpty()
                ? Endpoint.UNIX
                : Endpoint.of(ServerAddress.numericAddress(address.get()), Integer.parseInt(port.get()));
    }
}

package io.steelyard.config.haproxy.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fetch and the converters its samples go through, such as {@code req.hdr(host),lower,field(1,:)}. Immutable and safe for all threads.
 *
 * @param fetch what is taken
 * @param steps what is made of it, in order
 */
public record Expression(Fetch fetch, List<Step> steps) {
    /**
     * A converter in use.
     *
     * @param converter what it does
     * @param arguments those in parentheses
     */
    public record Step(Converter converter, List<String> arguments) {
        public Step {
            arguments = List.copyOf(arguments);
        }
    }

    public Expression {
        steps = List.copyOf(steps);
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static Expression parse(String text) {
        var parts = Calls.split(text);
        var first = parts.getFirst();
        var method = Fetches.named(first.name())
                .orElseThrow(() -> new IllegalArgumentException("unknown fetch method '" + first.name() + "'"));
        return of(fetch(method, first), parts.subList(1, parts.size()));
    }

    static Expression of(Fetch fetch, List<Calls.Call> converters) {
        var steps = new ArrayList<Step>();
        var type = fetch.method().type();
        for (var call : converters) {
            var converter = Converters.named(call.name())
                    .orElseThrow(() -> new IllegalArgumentException("unknown converter '" + call.name() + "'"));
            count("converter '" + call.name() + "'", call.arguments().size(), converter.least(), converter.most());
            if (!canBe(type, converter.in())) {
                throw new IllegalArgumentException(
                        "converter '" + call.name() + "' cannot be applied to what is before it");
            }
            Variables.check(call.name(), call.arguments());
            MapConverters.prepare(call.name(), call.arguments());
            converter.check(call.arguments());
            steps.add(new Step(converter, call.arguments()));
            type = converter.out().orElse(type);
        }
        return new Expression(fetch, steps);
    }

    static Fetch fetch(FetchMethod method, Calls.Call call) {
        count("fetch method '" + call.name() + "'", call.arguments().size(), method.least(), method.most());
        var fetch = new Fetch(method, call.arguments());
        Constants.check(fetch);
        CounterSamples.check(fetch);
        ContentSamples.check(fetch);
        return fetch;
    }

    private static void count(String what, int count, int least, int most) {
        if (count < least || count > most) {
            throw new IllegalArgumentException(what + " has " + count + " arguments, expected "
                    + (least == most ? "" + least : least + " to " + most));
        }
    }

    private static boolean canBe(Sample.Type type, Optional<Sample.Type> wanted) {
        if (wanted.isEmpty() || wanted.get() == type) {
            return true;
        }
        return switch (wanted.get()) {
            case STR, BIN -> type != Sample.Type.BOOL || wanted.get() == Sample.Type.STR;
            case SINT, BOOL -> type != Sample.Type.BIN && type != Sample.Type.METHOD;
            case ADDR -> type == Sample.Type.STR || type == Sample.Type.SINT;
            case METHOD -> false;
        };
    }

    /** The type of what comes out. */
    public Sample.Type type() {
        var type = fetch.method().type();
        for (var step : steps) {
            type = step.converter().out().orElse(type);
        }
        return type;
    }

    /** Every value; none where nothing was found or nothing could be made of it. */
    public List<Sample> evaluate(SampleSource source) {
        var fetched = Constants.value(fetch).map(List::of).orElseGet(() -> source.fetch(fetch));
        if (steps.isEmpty()) {
            return fetched;
        }
        return fetched.stream()
                .map(sample -> convert(sample, source))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The value that a log or a header takes: the last, but of parameters of a URL the first. */
    public Optional<Sample> value(SampleSource source) {
        var all = evaluate(source);
        if (all.isEmpty()) {
            return Optional.empty();
        }
        boolean takesFirst = fetch.method().name().startsWith("url");
        return Optional.of(takesFirst ? all.getFirst() : all.getLast());
    }

    private Optional<Sample> convert(Sample sample, SampleSource source) {
        Optional<Sample> value = Optional.of(sample);
        for (var step : steps) {
            value = value.flatMap(before ->
                    CounterSamples.isOfTable(step.converter().name())
                            ? source.table(step.converter().name(), before, step.arguments())
                            : Variables.resolved(step, source)
                                    .flatMap(arguments -> step.converter().convert(before, arguments)));
        }
        return value;
    }
}

package io.steelyard.config.haproxy.expression;

import io.steelyard.config.haproxy.expression.Sample.Type;
import java.util.List;
import java.util.Optional;

/**
 * What makes another sample of one.
 *
 * @param name such as {@code lower}
 * @param in what samples are cast to first; absent for any
 * @param out what comes out; absent for the same as before
 * @param least how many arguments at least
 * @param most how many at most
 * @param work what it does; empty where nothing can be made
 */
public record Converter(String name, Optional<Type> in, Optional<Type> out, int least, int most, Work work) {
    /** Does the work of a converter. Pure. */
    @FunctionalInterface
    public interface Work {
        /** @throws IllegalArgumentException where the arguments are wrong, whatever the sample */
        Optional<Sample> apply(Sample sample, List<String> arguments);
    }

    /** @throws IllegalArgumentException where the arguments are wrong */
    void check(List<String> arguments) {
        work.apply(
                switch (in.orElse(Type.STR)) {
                    case BOOL -> new Sample.Bool(true);
                    case SINT -> new Sample.Sint(1);
                    case ADDR -> new Sample.Addr(java.net.InetAddress.getLoopbackAddress());
                    case STR -> new Sample.Str("");
                    case BIN -> new Sample.Binary(new byte[0]);
                    case METHOD -> new Sample.Method("GET");
                },
                arguments);
    }

    /** What becomes of a sample; empty where nothing can be made of it. */
    public Optional<Sample> convert(Sample sample, List<String> arguments) {
        Optional<Sample> cast = in.isEmpty() ? Optional.of(sample) : sample.as(in.get());
        return cast.flatMap(value -> work.apply(value, arguments));
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition.Geo;
import io.steelyard.api.text.VariableDefinition.Range;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** {@link Geo}, without the name, which stands above it. */
final class GeoSection extends Section<Geo> {
    private static final Template CLIENT = TemplateForm.parse("$remote_addr");

    private final Key<Geo, Template> address =
            optional("address", TemplateForm.template(), Geo::address, CLIENT, "The text that is an address.");
    private final Key<Geo, String> defaultValue =
            optional("default", Forms.text(), Geo::defaultValue, "", "The value where no range has the address.");
    private final Key<Geo, List<Range>> ranges = optional(
            "ranges",
            Forms.list(new RangeSection()),
            Geo::ranges,
            List.of(),
            "The smallest that has the address wins.");

    GeoSection() {
        super("geo");
    }

    @Override
    Geo make(Values values) {
        return new Geo(
                values.name(), values.or(address, CLIENT), values.or(defaultValue, ""), values.or(ranges, List.of()));
    }

    /** {@link Range}. */
    static final class RangeSection extends Section<Range> {
        private final Key<Range, Range> addresses = required(
                "addresses",
                Forms.parsed("network or range of addresses", RangeSection::parse, RangeSection::format),
                range -> range,
                "`10.0.0.0/8`, `2001:db8::/32`, a single address, or `10.0.0.1-10.0.0.9`.");
        private final Key<Range, String> value = required("value", Forms.text(), Range::value, "The value then.");

        RangeSection() {
            super("geo range");
        }

        @Override
        Range make(Values values) {
            var range = values.get(addresses);
            return new Range(range.first(), range.last(), values.get(value));
        }

        private static Range parse(String text) {
            int dash = text.indexOf('-');
            if (dash >= 0) {
                return new Range(
                        ServerAddress.numericAddress(text.substring(0, dash)),
                        ServerAddress.numericAddress(text.substring(dash + 1)),
                        "");
            }
            int slash = text.indexOf('/');
            var network = ServerAddress.numericAddress(slash < 0 ? text : text.substring(0, slash));
            int bits = network.getAddress().length * 8;
            int prefix = slash < 0
                    ? bits
                    : Forms.wholeNumber(text.substring(slash + 1), 0, bits).intValue();
            return new Range(edge(network, prefix, false), edge(network, prefix, true), "");
        }

        private static String format(Range range) {
            int bits = range.first().getAddress().length * 8;
            for (int prefix = bits; prefix >= 0; prefix--) {
                if (edge(range.first(), prefix, false).equals(range.first())
                        && edge(range.first(), prefix, true).equals(range.last())) {
                    return range.first().getHostAddress() + (prefix == bits ? "" : "/" + prefix);
                }
            }
            return range.first().getHostAddress() + "-" + range.last().getHostAddress();
        }

        /** The address with all bits beyond the prefix the same. */
        private static InetAddress edge(InetAddress address, int prefix, boolean bit) {
            var bytes = address.getAddress();
            var ones = BigInteger.ONE.shiftLeft(bytes.length * 8 - prefix).subtract(BigInteger.ONE);
            var number = new BigInteger(1, bytes);
            var edge = bit ? number.or(ones) : number.andNot(ones);
            var padded = new byte[bytes.length];
            var digits = edge.toByteArray();
            int length = Math.min(digits.length, padded.length);
            System.arraycopy(digits, digits.length - length, padded, padded.length - length, length);
            try {
                return Arrays.equals(padded, bytes) ? address : InetAddress.getByAddress(padded);
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}

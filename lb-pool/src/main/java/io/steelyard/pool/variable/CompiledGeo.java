package io.steelyard.pool.variable;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.text.VariableDefinition.Geo;
import io.steelyard.api.text.VariableDefinition.Range;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A geo: the smallest range that has the address. Larger ranges are laid out first and smaller ones over them, so one look-up finds it. */
final class CompiledGeo implements CompiledVariable {
    /** What counts where the text is no address (nginx: INADDR_NONE). */
    private static final InetAddress NO_ADDRESS = ServerAddress.numericAddress("255.255.255.255");

    private record Piece(BigInteger last, String value) {}

    private final CompiledTemplate address;
    private final String defaultValue;
    private final NavigableMap<BigInteger, Piece> ipv4;
    private final NavigableMap<BigInteger, Piece> ipv6;

    CompiledGeo(Geo geo) {
        address = new CompiledTemplate(geo.address());
        defaultValue = Raw.ofText(geo.defaultValue());
        ipv4 = layers(geo, 4);
        ipv6 = layers(geo, 16);
    }

    @Override
    public String value(Evaluation evaluation) {
        var client = parse(evaluation.raw(address)).getAddress();
        var number = new BigInteger(1, client);
        var below = (client.length == 4 ? ipv4 : ipv6).floorEntry(number);
        return below == null || below.getValue().last().compareTo(number) < 0
                ? defaultValue
                : below.getValue().value();
    }

    private static InetAddress parse(String text) {
        try {
            // An address with a zone is none to nginx, and one that Java reads for some interfaces only.
            return text.indexOf('%') < 0 ? ServerAddress.numericAddress(text) : NO_ADDRESS;
        } catch (IllegalArgumentException isNone) {
            return NO_ADDRESS;
        }
    }

    private static NavigableMap<BigInteger, Piece> layers(Geo geo, int addressBytes) {
        var ranges = new ArrayList<>(geo.ranges().stream()
                .filter(range -> range.first().getAddress().length == addressBytes)
                .toList());
        ranges.sort(Comparator.comparing(CompiledGeo::size).reversed());
        var pieces = new TreeMap<BigInteger, Piece>();
        for (var range : ranges) {
            lay(pieces, number(range.first()), number(range.last()), Raw.ofText(range.value()));
        }
        return pieces;
    }

    /** Puts a range over all that is there already. */
    private static void lay(NavigableMap<BigInteger, Piece> pieces, BigInteger first, BigInteger last, String value) {
        var below = pieces.lowerEntry(first);
        if (below != null && below.getValue().last().compareTo(first) >= 0) {
            var old = below.getValue();
            pieces.put(below.getKey(), new Piece(first.subtract(BigInteger.ONE), old.value()));
            keepRest(pieces, old, last);
        }
        for (var within = pieces.ceilingEntry(first);
                within != null && within.getKey().compareTo(last) <= 0;
                within = pieces.ceilingEntry(first)) {
            pieces.remove(within.getKey());
            keepRest(pieces, within.getValue(), last);
        }
        pieces.put(first, new Piece(last, value));
    }

    private static void keepRest(NavigableMap<BigInteger, Piece> pieces, Piece old, BigInteger last) {
        if (old.last().compareTo(last) > 0) {
            pieces.put(last.add(BigInteger.ONE), old);
        }
    }

    private static BigInteger size(Range range) {
        return number(range.last()).subtract(number(range.first()));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}

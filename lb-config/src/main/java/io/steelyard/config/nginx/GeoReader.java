package io.steelyard.config.nginx;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.text.VariableDefinition.Range;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code geo}, by networks or by ranges. */
final class GeoReader {
    private final Findings findings;
    private final VariableScope variables;

    GeoReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** What has been read of a block so far. */
    private static final class Draft {
        private boolean isByRange;
        private boolean hasNetwork;
        private @Nullable String defaultValue;
        private final Map<Network, Range> networks = new LinkedHashMap<>();
        private final GeoRanges ranges = new GeoRanges();
    }

    /** A network: its first address and how many bits of it count. */
    private record Network(InetAddress first, InetAddress last, boolean hasStrayBits) {}

    /** The block; empty, and told, where its head is wrong. */
    Optional<VariableDefinition> read(Directive block) {
        boolean hasAddress = block.arguments().size() == 2;
        var address = hasAddress
                ? variables.definedName(block.argument(0)).flatMap(name -> variables.template(block.argument(0)))
                : Optional.of(Template.parse("$remote_addr"));
        var nameWord = block.lastWord();
        var name = variables.definedName(nameWord);
        var draft = new Draft();
        block.children().forEach(line -> readLine(line, draft));
        if (address.isEmpty() || name.isEmpty() || !variables.define(name.get(), nameWord)) {
            return Optional.empty();
        }
        return Optional.of(new VariableDefinition.Geo(
                name.get(),
                address.get(),
                draft.defaultValue == null ? "" : draft.defaultValue,
                draft.isByRange ? draft.ranges.ranges() : List.copyOf(draft.networks.values())));
    }

    private void readLine(Directive line, Draft draft) {
        if (line.block().isEmpty()
                && line.arguments().isEmpty()
                && line.keyword().equals("ranges")) {
            if (draft.hasNetwork) {
                findings.error(line.position(), "'ranges' comes too late", "it before the first address", "");
            }
            draft.isByRange = true;
            return;
        }
        if (line.block().isEmpty()
                && line.arguments().isEmpty()
                && line.keyword().equals("volatile")) {
            findings.accepted(line.position(), "volatile' of 'geo", "an address has one value always");
            return;
        }
        if (line.block().isPresent() || line.arguments().size() != 1) {
            findings.error(
                    line.position(),
                    line.block().isPresent()
                            ? "a block is not allowed here"
                            : "'" + line.keyword() + "' has " + line.arguments().size() + " words after it",
                    "an address, network or range, and a value",
                    "");
            return;
        }
        var value = line.argument(0).text();
        switch (line.keyword()) {
            case "default" -> {
                if (draft.defaultValue != null) {
                    findings.warning(
                            line.position(), "'default' is duplicate: the last one counts", "remove the other");
                }
                draft.defaultValue = value;
                draft.hasNetwork = true;
            }
            case "delete" -> change(line.argument(0), null, draft);
            default -> change(line.name(), value, draft);
        }
    }

    /** Sets the value of an address, network or range; takes it away where {@code value} is null. */
    private void change(Word word, @Nullable String value, Draft draft) {
        draft.hasNetwork = true;
        try {
            if (draft.isByRange) {
                changeRange(word, value, draft);
            } else {
                changeNetwork(word, value, draft);
            }
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "'" + word + "' is not " + (draft.isByRange ? "a range: " : "a network: ") + wrong.getMessage(),
                    draft.isByRange ? "10.0.0.1-10.0.0.9" : "an address or address/prefix",
                    "");
        }
    }

    private void changeNetwork(Word word, @Nullable String value, Draft draft) {
        var network = network(word.text());
        if (network.hasStrayBits()) {
            findings.warning(
                    word.position(),
                    "the low address bits of '" + word + "' are meaningless",
                    "write " + network.first().getHostAddress()
                            + word.text().substring(word.text().indexOf('/')));
            network = new Network(network.first(), network.last(), false);
        }
        var old = value == null
                ? draft.networks.remove(network)
                : draft.networks.put(network, new Range(network.first(), network.last(), value));
        if (value == null && old == null) {
            findings.warning(word.position(), "there is no network '" + word + "' to delete", "remove the line");
        } else if (value != null && old != null) {
            findings.warning(
                    word.position(),
                    "network '" + word + "' is duplicate: '" + value + "' takes the place of '" + old.value() + "'",
                    "remove the other");
        }
    }

    private void changeRange(Word word, @Nullable String value, Draft draft) {
        int dash = word.text().indexOf('-');
        if (dash < 0) {
            throw new IllegalArgumentException("it has no '-'");
        }
        long first = ipv4(word.text().substring(0, dash));
        long last = ipv4(word.text().substring(dash + 1));
        if (first > last) {
            throw new IllegalArgumentException("its end is before its start");
        }
        if (value == null) {
            if (!draft.ranges.delete(first, last)) {
                findings.warning(word.position(), "there is no range '" + word + "' to delete", "remove the line");
            }
            return;
        }
        switch (draft.ranges.add(first, last, value)) {
            case ADDED -> {}
            case REPLACED ->
                findings.warning(
                        word.position(), "range '" + word + "' is duplicate: the last one counts", "remove the other");
            case OVERLAPS ->
                findings.error(
                        word.position(),
                        "range '" + word + "' overlaps one above it",
                        "a range within the other or apart from it",
                        "put the larger one first");
        }
    }

    private static long ipv4(String text) {
        var bytes = ServerAddress.numericAddress(text).getAddress();
        if (bytes.length != 4) {
            throw new IllegalArgumentException("ranges are of IPv4 addresses");
        }
        return Integer.toUnsignedLong(
                (bytes[0] << 24) | ((bytes[1] & 0xFF) << 16) | ((bytes[2] & 0xFF) << 8) | (bytes[3] & 0xFF));
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        var bytes = ServerAddress.numericAddress(slash < 0 ? text : text.substring(0, slash))
                .getAddress();
        int most = bytes.length * 8;
        int prefix = slash < 0 ? most : Values.number(text.substring(slash + 1));
        if (prefix > most) {
            throw new IllegalArgumentException("its prefix is greater than " + most);
        }
        var first = bytes.clone();
        var last = bytes.clone();
        for (int bit = prefix; bit < most; bit++) {
            first[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
            last[bit >> 3] |= (byte) (0x80 >> (bit & 7));
        }
        return new Network(address(first), address(last), !java.util.Arrays.equals(first, bytes));
    }

    private static InetAddress address(byte[] bytes) {
        return GeoRanges.address(bytes);
    }
}

package io.steelyard.pool.variable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.text.VariableDefinition.Geo;
import io.steelyard.api.text.VariableDefinition.Kind;
import io.steelyard.api.text.VariableDefinition.Range;
import io.steelyard.api.text.VariableDefinition.Rule;
import io.steelyard.api.text.VariableDefinition.Share;
import io.steelyard.api.text.VariableDefinition.Split;
import io.steelyard.api.text.VariableDefinition.TextMap;
import io.steelyard.api.text.VariableSource;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationTest {
    private static final List<Rule> HOSTS = List.of(
            rule(Kind.HOST_NAME, "a.example.com", "exact"),
            rule(Kind.HOST_NAME, "*.example.com", "suffix"),
            rule(Kind.HOST_NAME, "*.b.example.com", "longer suffix"),
            rule(Kind.HOST_NAME, ".example.org", "suffix or itself"),
            rule(Kind.HOST_NAME, "www.*", "prefix"),
            rule(Kind.HOST_NAME, "www.c.*", "longer prefix"),
            rule(Kind.REGEX, "^www\\.d\\.", "never"),
            rule(Kind.REGEX_IGNORING_CASE, "^(?<first_part>[^.]+)\\.TEST$", "${first_part}-$1"));

    @ParameterizedTest
    @CsvSource({
        "a.example.com, exact",
        "A.Example.COM., exact",
        "b.example.com, suffix",
        "x.y.example.com, suffix",
        "x.b.example.com, longer suffix",
        "example.com, none",
        "example.org, suffix or itself",
        "x.example.org, suffix or itself",
        "www.nowhere, prefix",
        "www.c.nowhere, longer prefix",
        "www.d.x, prefix",
        "www, none",
        "Abc.test, Abc-Abc",
        "'', none"
    })
    void mapPicksExactThenSuffixThenPrefixThenExpression(String source, String expected) {
        var map = new TextMap("x", Template.parse("$hostname"), Template.literal("none"), HOSTS, false);
        assertThat(evaluate(List.of(map), host(source), "$x")).isEqualTo(expected);
    }

    @Test
    void emptySourceMatchesAnExactKeyButNoExpression() {
        var rules = List.of(rule(Kind.REGEX, "^", "expression"), rule(Kind.EXACT, "", "empty"));
        var map = new TextMap("x", Template.parse("$hostname"), Template.literal("none"), rules, false);
        assertThat(evaluate(List.of(map), host(""), "$x")).isEqualTo("empty");
        var without =
                new TextMap("x", Template.parse("$hostname"), Template.literal("none"), rules.subList(0, 1), false);
        assertThat(evaluate(List.of(without), host(""), "$x")).isEqualTo("none");
    }

    @Test
    void starsAreNothingSpecialWithoutHostNames() {
        var map = new TextMap(
                "x",
                Template.parse("$hostname"),
                Template.literal("none"),
                List.of(rule(Kind.EXACT, "*.b", "star")),
                false);
        assertThat(evaluate(List.of(map), host("a.b"), "$x")).isEqualTo("none");
        assertThat(evaluate(List.of(map), host("*.b"), "$x")).isEqualTo("star");
    }

    @Test
    void valueIsKeptUnlessVolatile() {
        var calls = new int[1];
        VariableSource counting = variable -> "" + ++calls[0];
        var kept = new TextMap("kept", Template.parse("$msec"), Template.parse("$msec"), List.of(), false);
        var fresh = new TextMap("fresh", Template.parse("$msec"), Template.parse("$msec"), List.of(), true);
        var evaluation = VariableTable.of(List.of(kept, fresh)).open(counting);
        assertThat(evaluation.text(compiled("$kept $kept"))).isEqualTo("2 2");
        assertThat(evaluation.text(compiled("$fresh $fresh"))).isEqualTo("4 6");
    }

    @Test
    void assignedValueHidesTheDefinedOne() {
        var map = new TextMap("x", Template.parse("$hostname"), Template.literal("mapped"), List.of(), false);
        var evaluation = VariableTable.of(List.of(map)).open(host("h"));
        assertThat(evaluation.text(compiled("$x"))).isEqualTo("mapped");
        evaluation.assign("x", compiled("set-$x"));
        assertThat(evaluation.text(compiled("$x"))).isEqualTo("set-mapped");
    }

    @Test
    void circleEndsEmpty() {
        var one = new TextMap("one", Template.parse("$two"), Template.parse("1$two"), List.of(), false);
        var two = new TextMap("two", Template.parse("$one"), Template.parse("2$one"), List.of(), false);
        assertThat(evaluate(List.of(one, two), host("h"), "$one")).isEqualTo("12");
    }

    @Test
    void geoPicksTheSmallestRangeAsALinearSearchDoes() throws UnknownHostException {
        var random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            var ranges = new ArrayList<Range>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                int first = random.nextInt(64);
                ranges.add(new Range(small(first), small(first + random.nextInt(64 - first)), "v" + i));
            }
            var table = VariableTable.of(List.of(new Geo("g", Template.parse("$remote_addr"), "none", ranges)));
            for (int client = 0; client < 64; client++) {
                var address = small(client);
                var evaluation = table.open(new ConnectionFacts(HOST, Protocol.TCP, 1).client(address, 1));
                assertThat(evaluation.text(compiled("$g"))).isIn(smallest(ranges, address));
            }
        }
    }

    @Test
    void geoTakesWhatIsNoAddressForTheLastOne() {
        var all = new Range(numeric("255.0.0.0"), numeric("255.255.255.255"), "last");
        var geo = new Geo("g", Template.parse("$hostname"), "none", List.of(all));
        assertThat(evaluate(List.of(geo), host("no address"), "$g")).isEqualTo("last");
        assertThat(evaluate(List.of(geo), host("2001:db8::1"), "$g")).isEqualTo("none");
        assertThat(evaluate(List.of(geo), host("::ffff:255.1.1.1"), "$g")).isEqualTo("last");
    }

    @Test
    void splitGivesSharesTheirPart() {
        var split = new Split(
                "s",
                Template.parse("$hostname"),
                List.of(new Share(1_000, "a"), new Share(4_000, "b"), new Share(1, "c")));
        var table = VariableTable.of(List.of(split));
        int[] counts = new int[4];
        for (int i = 0; i < 20_000; i++) {
            counts[
                    List.of("a", "b", "c", "")
                            .indexOf(table.open(host("key" + i)).text(compiled("$s")))]++;
        }
        assertThat(counts[0]).isBetween(1_850, 2_150);
        assertThat(counts[1]).isBetween(7_750, 8_250);
        assertThat(counts[2]).isBetween(0, 12);
    }

    @Test
    void logLineEscapesValuesOnly() {
        VariableSource source = variable -> switch (variable) {
            case HOSTNAME -> "a\"b\\\u0001\n\u00C3\u00A9";
            case UPSTREAM_ADDR -> null;
            default -> "";
        };
        var evaluation = VariableTable.of(List.of()).open(source);
        var format = Template.parse("\"é\" $hostname [$upstream_addr] [$status]");
        assertThat(line(format, AccessLog.Escape.DEFAULT, evaluation))
                .isEqualTo("\"é\" a\\x22b\\x5C\\x01\\x0A\\xC3\\xA9 [-] []\n");
        assertThat(line(format, AccessLog.Escape.JSON, evaluation)).isEqualTo("\"é\" a\\\"b\\\\\\u0001\\né [] []\n");
        assertThat(line(format, AccessLog.Escape.NONE, evaluation)).isEqualTo("\"é\" a\"b\\\u0001\né [] []\n");
    }

    @Test
    void logConditionIsFalseForEmptyAndZero() {
        for (var value : List.of("", "0", "1", "00")) {
            var log = new AccessLog(
                    Path.of("x"),
                    Template.literal("x"),
                    AccessLog.Escape.DEFAULT,
                    Optional.of(Template.parse("$hostname")),
                    0,
                    Duration.ZERO);
            var table = VariableTable.of(List.of());
            assertThat(LogLine.compile(table, log).isWanted(table.open(host(value))))
                    .as(value)
                    .isEqualTo(value.equals("1") || value.equals("00"));
        }
    }

    @Test
    void factsHaveTheFormOfNginx() {
        var facts = new ConnectionFacts(HOST, Protocol.UDP, 17)
                .client(numeric("2001:db8::1"), 5_353)
                .server(numeric("10.0.0.1"), 53)
                .bytes(100, 2_000)
                .status(200)
                .time(Instant.parse("2026-11-21T04:53:25.007Z"), 61_040);
        var evaluation = VariableTable.of(List.of()).open(facts);
        assertThat(evaluation.text(compiled("$remote_addr $remote_port $server_addr $server_port $protocol $status")))
                .isEqualTo("2001:db8::1 5353 10.0.0.1 53 UDP 200");
        assertThat(evaluation.text(
                        compiled("$bytes_received $bytes_sent $session_time $connection $msec $pid $hostname")))
                .isEqualTo("100 2000 61.040 17 1795236805.007 99 machine");
        assertThat(evaluation.text(compiled("$time_local $time_iso8601 $nginx_version")))
                .isEqualTo("21/Nov/2026:05:53:25 +0100 2026-11-21T05:53:25+01:00 1.0");
        assertThat(facts.value(BuiltInVariable.UPSTREAM_ADDR)).isNull();
        facts.attempt(new ConnectionFacts.Attempt("10.0.0.9:53", -1, -1, 1_000, 0, 0));
        facts.attempt(new ConnectionFacts.Attempt("unix:/x", 2, 13, 59_999, 10, 20));
        assertThat(evaluation.text(compiled("$upstream_addr|$upstream_connect_time|$upstream_first_byte_time")))
                .isEqualTo("10.0.0.9:53, unix:/x|-, 0.002|-, 0.013");
        assertThat(evaluation.text(compiled("$upstream_session_time|$upstream_bytes_sent|$upstream_bytes_received")))
                .isEqualTo("1.000, 59.999|0, 10|0, 20");
    }

    @Test
    void factsOfAClientWithoutAddress() {
        var evaluation = VariableTable.of(List.of()).open(new ConnectionFacts(HOST, Protocol.TCP, 1).status(0));
        assertThat(evaluation.text(compiled("[$remote_addr][$remote_port][$binary_remote_addr][$status]")))
                .isEqualTo("[unix:][][unix:][000]");
    }

    @Test
    void keyOfBytesStaysBytes() {
        var evaluation = VariableTable.of(List.of())
                .open(new ConnectionFacts(HOST, Protocol.TCP, 1).client(numeric("10.200.0.255"), 1));
        var flow = new Flow(1);
        evaluation.fillKey(compiled("é$binary_remote_addr"), flow);
        assertThat(java.util.Arrays.copyOf(flow.key(), flow.keyLength())).containsExactly(0xC3, 0xA9, 10, 200, 0, 255);
    }

    @Test
    void malformedExpressionNamesItsVariable() {
        var map = new TextMap(
                "broken", Template.parse("$msec"), Template.literal(""), List.of(rule(Kind.REGEX, "(", "x")), false);
        assertThatThrownBy(() -> VariableTable.of(List.of(map)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broken");
    }

    private static final ConnectionFacts.Host HOST =
            new ConnectionFacts.Host("machine", 99, "1.0", ZoneId.of("Europe/Berlin"));

    private static VariableSource host(String name) {
        return variable -> variable == BuiltInVariable.HOSTNAME ? name : null;
    }

    private static Rule rule(Kind kind, String key, String value) {
        return new Rule(kind, key, Template.parse(value));
    }

    private static String evaluate(List<VariableDefinition> definitions, VariableSource source, String template) {
        return VariableTable.of(definitions).open(source).text(compiled(template));
    }

    private static CompiledTemplate compiled(String template) {
        return new CompiledTemplate(Template.parse(template));
    }

    private static String line(Template format, AccessLog.Escape escape, Evaluation evaluation) {
        var log = new AccessLog(Path.of("x"), format, escape, Optional.empty(), 0, Duration.ZERO);
        return new String(LogLine.compile(VariableTable.of(List.of()), log).bytes(evaluation), StandardCharsets.UTF_8);
    }

    private static InetAddress numeric(String text) {
        return ServerAddress.numericAddress(text);
    }

    private static InetAddress small(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    }

    private static List<String> smallest(List<Range> ranges, InetAddress address) {
        var number = new BigInteger(1, address.getAddress());
        var best = new ArrayList<String>();
        BigInteger bestSize = null;
        for (var range : ranges) {
            var first = new BigInteger(1, range.first().getAddress());
            var last = new BigInteger(1, range.last().getAddress());
            var size = last.subtract(first);
            if (first.compareTo(number) <= 0 && number.compareTo(last) <= 0) {
                if (bestSize == null || size.compareTo(bestSize) < 0) {
                    best.clear();
                    bestSize = size;
                }
                if (size.equals(bestSize)) {
                    best.add(range.value());
                }
            }
        }
        return best.isEmpty() ? List.of("none") : best;
    }
}

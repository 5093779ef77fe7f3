package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.ForwardedOption.Expressions;
import io.steelyard.realip.header.ForwardedOption.Node;
import io.steelyard.realip.header.ForwardedOption.Request;
import io.steelyard.realip.header.ForwardedOption.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What src/http_ext.c of HAProxy 2.8 and later makes, worked out by hand; Debian's HAProxy is older than the option. */
class ForwardedOptionTest {
    private static final Endpoint IPV4 = Endpoint.of(0, 0xFFFF_C000_0201L, 4_711);
    private static final Endpoint IPV6 = Endpoint.of(0x20010DB8_00000000L, 1, 443);
    private static final Node NONE = new Node(Source.NONE, Source.NONE);

    private static Request request(Endpoint client, Endpoint destination, String host) {
        return new Request(false, Optional.of(host), client, destination, Expressions.NONE);
    }

    private static Node original(boolean withPort) {
        return new Node(Source.ORIGINAL, withPort ? Source.ORIGINAL : Source.NONE);
    }

    @Test
    void aloneItTellsSchemeAndClient() {
        assertThat(ForwardedOption.DEFAULT.element(request(IPV4, IPV6, "h"))).isEqualTo("proto=http;for=192.0.2.1");
        assertThat(ForwardedOption.DEFAULT.element(new Request(true, Optional.empty(), IPV6, IPV4, Expressions.NONE)))
                .isEqualTo("proto=https;for=\"[2001:db8::1]\"");
        assertThat(ForwardedOption.DEFAULT.element(request(Endpoint.UNIX, IPV4, "h")))
                .isEqualTo("proto=http;for=unknown");
    }

    @Test
    void partsComeInOneOrder() {
        var all = new ForwardedOption(true, Source.ORIGINAL, original(true), original(true));

        assertThat(all.element(request(IPV4, IPV6, "h.example:8080")))
                .isEqualTo("proto=http;host=\"h.example:8080\";by=\"[2001:db8::1]:443\";for=\"192.0.2.1:4711\"");
        assertThat(all.element(request(Endpoint.UNIX, IPV6, "a b")))
                .isEqualTo("proto=http;host=\"\";by=\"[2001:db8::1]:443\";for=\"unknown\"");
        assertThat(new ForwardedOption(false, Source.NONE, NONE, NONE).element(request(IPV4, IPV4, "h")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.9, for=192.0.2.9",
        "2001:DB8::5, for=\"[2001:db8::5]\"",
        "[2001:DB8::5], for=\"[2001:db8::5]\"",
        "unknown, for=unknown",
        "_x, for=_x",
        "proxy-1, for=_proxy-1",
        "a b, for=unknown",
    })
    void anExpressionIsMadeANode(String value, String expected) {
        var option = new ForwardedOption(false, Source.NONE, NONE, new Node(Source.EXPRESSION, Source.NONE));
        var values = new Expressions(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(value), Optional.empty());

        assertThat(option.element(new Request(false, Optional.empty(), IPV4, IPV4, values)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "80, for=\"192.0.2.1:80\"",
        "_p, for=\"192.0.2.1:_p\"",
        "p, for=\"192.0.2.1:_p\"",
        "a b, for=\"192.0.2.1\""
    })
    void anExpressionIsMadeAPort(String value, String expected) {
        var option = new ForwardedOption(false, Source.NONE, NONE, new Node(Source.ORIGINAL, Source.EXPRESSION));
        var values = new Expressions(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(value));

        assertThat(option.element(new Request(false, Optional.empty(), IPV4, IPV4, values)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=10.0.0.1",
                "for=\"[::1]:80\";proto=https;by=_lb;host=a.example",
                "for=unknown",
                "for=\"_x:_y\"",
                "proto=http, for=10.0.0.1;host=\"[::1]:80\"",
                "host=\"h:80\"",
            })
    void soundElementsAreAppendedTo(String line) {
        assertThat(ForwardedOption.DEFAULT.lines(List.of("for=10.0.0.9", line), request(IPV4, IPV4, "h")))
                .containsExactly("for=10.0.0.9", line + ", proto=http;for=192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "For=10.0.0.1",
                "for=10.0.0.1;for=10.0.0.2",
                "for=[::1]",
                "for=10.0.0.1:80",
                "for=\"10.0.0.1",
                "for=10.0.0.256",
                "for=10.0.0.1; proto=http",
                "for=10.0.0.1;secret=x",
                "proto=ftp",
                "proto=\"http\"",
                "for=",
                "x",
                "for=10.0.0.1, y",
                "host=h:80",
            })
    void besideUnsoundOnesALineIsAdded(String line) {
        assertThat(ForwardedOption.DEFAULT.lines(List.of(line), request(IPV4, IPV4, "h")))
                .containsExactly(line, "proto=http;for=192.0.2.1");
        assertThat(ForwardedOption.DEFAULT.lines(List.of(), request(IPV4, IPV4, "h")))
                .containsExactly("proto=http;for=192.0.2.1");
    }
}

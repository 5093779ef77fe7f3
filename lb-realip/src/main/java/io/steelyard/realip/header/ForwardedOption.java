package io.steelyard.realip.header;

import io.steelyard.realip.address.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * HAProxy's {@code option forwarded [proto] [host | host-expr e] [by | by-expr e] [by_port | by_port-expr e] [for | for-expr e]
 * [for_port | for_port-expr e]} (2.8 and later), exactly ({@code src/http_ext.c}). Immutable.
 *
 * @param proto whether the scheme is told
 * @param by what the client spoke to
 * @param forClient the client
 */
public record ForwardedOption(boolean proto, Source host, Node by, Node forClient) {
    /** {@code option forwarded} alone: the scheme and the client. */
    public static final ForwardedOption DEFAULT = new ForwardedOption(
            true, Source.NONE, new Node(Source.NONE, Source.NONE), new Node(Source.ORIGINAL, Source.NONE));

    /** Where a part's value comes from. */
    public enum Source {
        /** The part is left out. */
        NONE,
        /** The request or connection itself. */
        ORIGINAL,
        /** An expression, whose value {@link Request} has. */
        EXPRESSION
    }

    /** @param port with a name only; the node is then quoted */
    public record Node(Source name, Source port) {}

    /**
     * What is known of a request.
     *
     * @param host the first Host field
     * @param expressions values of the expressions asked for
     */
    public record Request(
            boolean isTls, Optional<String> host, Endpoint client, Endpoint destination, Expressions expressions) {}

    /** Values of expressions; empty where the option asks for none or it has no value. */
    public record Expressions(
            Optional<String> host,
            Optional<String> by,
            Optional<String> byPort,
            Optional<String> forClient,
            Optional<String> forPort) {
        public static final Expressions NONE = new Expressions(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The element that is told of a request, such as {@code proto=http;for=192.0.2.1}. */
    public String element(Request request) {
        var text = new StringBuilder();
        if (proto) {
            text.append("proto=").append(request.isTls() ? "https" : "http");
        }
        if (host != Source.NONE) {
            var value = host == Source.ORIGINAL
                    ? request.host()
                    : request.expressions().host();
            begin(text, "host")
                    .append('"')
                    .append(value.filter(ForwardedText::isHost).orElse(""))
                    .append('"');
        }
        if (by.name() != Source.NONE) {
            var values = request.expressions();
            node(begin(text, "by"), by, request.destination(), values.by(), values.byPort());
        }
        if (forClient.name() != Source.NONE) {
            var values = request.expressions();
            node(begin(text, "for"), forClient, request.client(), values.forClient(), values.forPort());
        }
        return text.toString();
    }

    /**
     * The request's Forwarded lines as they are sent on: the element is appended to the last line where all that is there is what HAProxy
     * takes for sound, otherwise it comes as a line of its own behind them.
     */
    public List<String> lines(List<String> received, Request request) {
        var element = element(request);
        var result = new ArrayList<>(received);
        boolean isSound = !received.isEmpty()
                && received.stream()
                        .flatMap(line -> ForwardedText.elements(line).stream())
                        .allMatch(ForwardedText::isSound);
        if (isSound) {
            result.set(result.size() - 1, received.getLast() + ", " + element);
        } else {
            result.add(element);
        }
        return result;
    }

    private static StringBuilder begin(StringBuilder text, String parameter) {
        return (text.isEmpty() ? text : text.append(';')).append(parameter).append('=');
    }

    private static void node(
            StringBuilder text, Node node, Endpoint end, Optional<String> nameValue, Optional<String> portValue) {
        boolean hasPort = node.port() != Source.NONE;
        var name = node.name() == Source.ORIGINAL
                ? Optional.of(end).filter(Endpoint::isIp).map(ForwardedOption::name)
                : nameValue.flatMap(ForwardedText::nodeName);
        var port = node.port() == Source.ORIGINAL
                ? Optional.of(end).filter(Endpoint::isIp).map(known -> Integer.toString(known.port()))
                : portValue.flatMap(ForwardedText::nodePort);
        boolean isQuoted =
                hasPort || name.filter(known -> known.startsWith("[")).isPresent();
        text.append(isQuoted ? "\"" : "").append(name.orElse("unknown"));
        if (hasPort && port.isPresent()) {
            text.append(':').append(port.get());
        }
        text.append(isQuoted ? "\"" : "");
    }

    private static String name(Endpoint end) {
        return end.isIpv4() ? end.addressText() : "[" + end.addressText() + "]";
    }
}

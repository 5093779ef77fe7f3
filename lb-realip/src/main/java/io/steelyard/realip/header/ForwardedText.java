package io.steelyard.realip.header;

import io.steelyard.realip.address.AddressReader;
import io.steelyard.realip.address.AddressText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What HAProxy takes for sound in a Forwarded field: less than RFC 7239 allows, parameters in lower case only. Stateless. */
final class ForwardedText {
    private static final String[] PARAMETERS = {"for=", "by=", "host=", "proto="};

    private ForwardedText() {}

    /** The elements of a line: what stands between commas outside quotes, without space around it. */
    static List<String> elements(String line) {
        var result = new ArrayList<String>();
        boolean isQuoted = false;
        int start = 0;
        for (int at = 0; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\\' && isQuoted) {
                at++;
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == ',' && !isQuoted) {
                result.add(line.substring(start, at).strip());
                start = at + 1;
            }
        }
        result.add(line.substring(start).strip());
        return result;
    }

    /** Whether an element is for, by, host and proto, each at most once, and nothing else; what follows all four is not looked at. */
    static boolean isSound(String element) {
        var rest = new Scan(element);
        int seen = 0;
        boolean isFirst = true;
        while (!rest.isAtEnd() && seen != 0b1111) {
            if (!isFirst && !rest.skip(";")) {
                return false;
            }
            isFirst = false;
            int parameter = 0;
            while (parameter < PARAMETERS.length
                    && ((seen & 1 << parameter) != 0
                            || rest.length() <= PARAMETERS[parameter].length()
                            || !rest.skip(PARAMETERS[parameter]))) {
                parameter++;
            }
            if (parameter == PARAMETERS.length || !rest.skipValue(parameter)) {
                return false;
            }
            seen |= 1 << parameter;
        }
        return seen != 0;
    }

    /** Whether the text may stand as a host between quotes. */
    static boolean isHost(String text) {
        var scan = new Scan(text);
        return scan.skipHost(true) && scan.isAtEnd();
    }

    /** A node's name made of an expression's value, IPv6 in brackets; a text that is no name is obfuscated with {@code _} before it. */
    static Optional<String> nodeName(String value) {
        var reader = new AddressReader();
        boolean isBracketed = value.startsWith("[") && value.endsWith("]");
        if (value.indexOf(':') >= 0
                && reader.read(value, isBracketed ? 1 : 0, value.length() - (isBracketed ? 1 : 0))) {
            return Optional.of("[" + AddressText.standard(reader.high(), reader.low()) + "]");
        }
        var name = new Scan(value);
        if (name.skipNodeName(true) && name.isAtEnd()) {
            return Optional.of(value);
        }
        return obfuscated(value);
    }

    /** A node's port made of an expression's value. */
    static Optional<String> nodePort(String value) {
        var port = new Scan(value);
        return port.skipNodePort() && port.isAtEnd() ? Optional.of(value) : obfuscated(value);
    }

    private static Optional<String> obfuscated(String value) {
        var scan = new Scan(value);
        return scan.skipObfuscated() && scan.isAtEnd() ? Optional.of("_" + value) : Optional.empty();
    }

    /** Goes through a text from left to right. */
    private static final class Scan {
        private static final int MOST_IPV4 = 15;
        private static final int MOST_IPV6 = 45;

        private final AddressReader reader = new AddressReader();
        private final String text;
        private int at;

        Scan(String text) {
            this.text = text;
        }

        boolean isAtEnd() {
            return at >= text.length();
        }

        int length() {
            return text.length() - at;
        }

        private boolean isAt(char c) {
            return !isAtEnd() && text.charAt(at) == c;
        }

        boolean skip(String expected) {
            if (!text.startsWith(expected, at)) {
                return false;
            }
            at += expected.length();
            return true;
        }

        boolean skipValue(int parameter) {
            if (parameter == 3) {
                boolean isHttp = skip("http");
                skip("s");
                return isHttp;
            }
            boolean isQuoted = skip("\"");
            boolean isSound = parameter == 2 ? skipHost(isQuoted) : skipNode(isQuoted);
            return isSound && (!isQuoted || skip("\""));
        }

        private boolean skipNode(boolean isQuoted) {
            if (!skipNodeName(isQuoted)) {
                return false;
            }
            return !isAt(':') || (isQuoted && skip(":") && skipNodePort());
        }

        boolean skipNodeName(boolean isQuoted) {
            if (skip("_")) {
                return skipObfuscated();
            }
            if (isAt('u')) {
                return skip("unknown");
            }
            if (isQuoted && isAt('[')) {
                return skipIpv6();
            }
            int start = at;
            while (!isAtEnd() && at - start < MOST_IPV4 && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            return reader.read(text, start, at);
        }

        boolean skipNodePort() {
            return skip("_") ? skipObfuscated() : skipPort();
        }

        boolean skipHost(boolean isQuoted) {
            if (isAtEnd()) {
                return false;
            }
            if (isQuoted && isAt('[')) {
                if (!skipIpv6()) {
                    return false;
                }
            } else {
                while (!isAtEnd() && (isAlphanumeric(text.charAt(at)) || text.charAt(at) == '.')) {
                    at++;
                }
            }
            return !isAt(':') || (isQuoted && skip(":") && skipPort());
        }

        boolean skipObfuscated() {
            int start = at;
            while (!isAtEnd() && (isAlphanumeric(text.charAt(at)) || "._-".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            return at > start;
        }

        private boolean skipPort() {
            int port = 0;
            while (!isAtEnd() && isDigit(text.charAt(at))) {
                port = port * 10 + text.charAt(at) - '0';
                if (port > 65_535) {
                    return false;
                }
                at++;
            }
            return port > 0;
        }

        private boolean skipIpv6() {
            int start = ++at;
            while (!isAtEnd()
                    && at - start < MOST_IPV6
                    && (isAlphanumeric(text.charAt(at)) || text.charAt(at) == ':')) {
                at++;
            }
            int end = at;
            return skip("]") && text.substring(start, end).indexOf(':') >= 0 && reader.read(text, start, end);
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static boolean isAlphanumeric(char c) {
            return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }
    }
}

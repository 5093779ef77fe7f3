package io.steelyard.config.yaml;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link CheckStep}. */
final class CheckStepSection extends Section<CheckStep> {
    private final Key<CheckStep, CheckStep.Connect> connect = absent(
            "connect",
            new ConnectSection(),
            step -> as(step, CheckStep.Connect.class),
            "",
            "Makes a connection of its own, in place of the one before.");
    private final Key<CheckStep, CheckStep.Send> send = absent(
            "send",
            Forms.shortened(new SendSection(), "bytes"),
            step -> as(step, CheckStep.Send.class),
            "",
            "Sends bytes. A text alone is these.");
    private final Key<CheckStep, CheckStep.Request> request = absent(
            "request",
            new RequestSection(),
            step -> as(step, CheckStep.Request.class),
            "",
            "Sends a request of HTTP/1.");
    private final Key<CheckStep, CheckStep.Expect> expect = absent(
            "expect",
            new ExpectSection(),
            step -> as(step, CheckStep.Expect.class),
            "",
            "Waits for an answer; the check fails where it is otherwise.");

    CheckStepSection() {
        super("check step");
    }

    private static <S extends CheckStep> Optional<S> as(CheckStep step, Class<S> type) {
        return Optional.of(step).filter(type::isInstance).map(type::cast);
    }

    @Override
    CheckStep make(Values values) {
        var given = Stream.of(
                        values.find(connect).map(CheckStep.class::cast),
                        values.find(send).map(CheckStep.class::cast),
                        values.find(request).map(CheckStep.class::cast),
                        values.find(expect).map(CheckStep.class::cast))
                .flatMap(Optional::stream)
                .toList();
        if (given.size() != 1) {
            throw new IllegalArgumentException(
                    "a step does " + given.size() + " things; expected one of connect, send, request, expect");
        }
        return given.getFirst();
    }

    private static <S extends CheckStep> Key<S, Integer> number(Section<S> section) {
        return section.optional(
                "number",
                Forms.whole(0, Integer.MAX_VALUE),
                CheckStep::number,
                0,
                "What messages call the step; 0 for its place.");
    }

    private static <S extends CheckStep> Key<S, String> comment(Section<S> section) {
        return section.optional("comment", Forms.text(), CheckStep::comment, "", "What messages say of it besides.");
    }

    /** A word for each status, as it is shown. */
    private static Form<CheckStatus> status() {
        var words = new LinkedHashMap<String, CheckStatus>();
        Arrays.stream(CheckStatus.values()).forEach(status -> words.put(status.word(), status));
        return Forms.word(words);
    }

    /** {@link CheckStep.Connect}. */
    private static final class ConnectSection extends Section<CheckStep.Connect> {
        private static final CheckStep.Connect DEFAULTS = CheckStep.Connect.ORDINARY;

        private final Key<CheckStep.Connect, Boolean> isOrdinary = optional(
                "isOrdinary",
                Forms.flag(),
                CheckStep.Connect::isOrdinary,
                true,
                "Whether the check's options and the server say of TLS and of the PROXY protocol what holds here.");
        private final Key<CheckStep.Connect, InetAddress> address = absent(
                "address",
                Forms.parsed("IP address", ServerAddress::numericAddress, InetAddress::getHostAddress),
                CheckStep.Connect::address,
                "the check's",
                "Where to.");
        private final Key<CheckStep.Connect, Integer> port =
                optional("port", Forms.whole(0, 65_535), CheckStep.Connect::port, 0, "Where to; 0 for the check's.");
        private final Key<CheckStep.Connect, CheckStep.Security> security = optional(
                "security",
                Forms.word(CheckStep.Security.class),
                CheckStep.Connect::security,
                DEFAULTS.security(),
                "TLS, and whether the server's certificate is verified; `none` of an ordinary connection leaves that to the check's options.");
        private final Key<CheckStep.Connect, String> serverName = optional(
                "serverName", Forms.text(), CheckStep.Connect::serverName, "", "The name the server is told with TLS.");
        private final Key<CheckStep.Connect, List<String>> protocols = optional(
                "protocols",
                Forms.list(Forms.text()),
                CheckStep.Connect::protocols,
                List.of(),
                "What is offered with TLS (ALPN).");
        private final Key<CheckStep.Connect, Boolean> sendsProxyProtocol = optional(
                "sendsProxyProtocol",
                Forms.flag(),
                CheckStep.Connect::sendsProxyProtocol,
                false,
                "Whether it begins with a header of the PROXY protocol, whatever the server says.");
        private final Key<CheckStep.Connect, Integer> number = number(this);
        private final Key<CheckStep.Connect, String> comment = comment(this);

        ConnectSection() {
            super("check connection");
        }

        @Override
        CheckStep.Connect make(Values values) {
            return new CheckStep.Connect(
                    values.or(isOrdinary, true),
                    values.find(address),
                    values.or(port, 0),
                    values.or(security, DEFAULTS.security()),
                    values.or(serverName, ""),
                    values.or(protocols, List.of()),
                    values.or(sendsProxyProtocol, false),
                    values.or(number, 0),
                    values.or(comment, ""));
        }
    }

    /** {@link CheckStep.Send}. */
    private static final class SendSection extends Section<CheckStep.Send> {
        private final Key<CheckStep.Send, String> bytes = required(
                "bytes",
                Forms.text(),
                CheckStep.Send::bytes,
                "What is sent, with `\\r` `\\n` `\\t` `\\0` `\\\\` `\\xNN`.");
        private final Key<CheckStep.Send, Integer> number = number(this);
        private final Key<CheckStep.Send, String> comment = comment(this);

        SendSection() {
            super("check bytes");
        }

        @Override
        CheckStep.Send make(Values values) {
            return new CheckStep.Send(values.get(bytes), values.or(number, 0), values.or(comment, ""));
        }
    }

    /** {@link CheckStep.Request}. */
    private static final class RequestSection extends Section<CheckStep.Request> {
        private final Key<CheckStep.Request, String> method =
                optional("method", Forms.text(), CheckStep.Request::method, "OPTIONS", "The method.");
        private final Key<CheckStep.Request, String> path =
                optional("path", Forms.text(), CheckStep.Request::path, "/", "The target.");
        private final Key<CheckStep.Request, String> version =
                optional("version", Forms.text(), CheckStep.Request::version, "1.0", "`1.0` or `1.1`.");
        private final Key<CheckStep.Request, List<String>> fields = optional(
                "fields",
                Forms.list(Forms.text()),
                CheckStep.Request::fields,
                List.of(),
                "Header lines such as `Host: example.org`. There is no Host but one given here.");
        private final Key<CheckStep.Request, String> body = optional(
                "body", Forms.text(), CheckStep.Request::body, "", "The body, written like the bytes of `send`.");
        private final Key<CheckStep.Request, Integer> number = number(this);
        private final Key<CheckStep.Request, String> comment = comment(this);

        RequestSection() {
            super("check request");
        }

        @Override
        CheckStep.Request make(Values values) {
            return new CheckStep.Request(
                    values.or(method, "OPTIONS"),
                    values.or(path, "/"),
                    values.or(version, "1.0"),
                    values.or(fields, List.of()),
                    values.or(body, ""),
                    values.or(number, 0),
                    values.or(comment, ""));
        }
    }

    /** {@link CheckStep.Expect}. */
    private static final class ExpectSection extends Section<CheckStep.Expect> {
        private final Key<CheckStep.Expect, CheckStep.Subject> subject = required(
                "subject",
                Forms.word(CheckStep.Subject.class),
                CheckStep.Expect::subject,
                "What of the answer is looked at: its bytes, as they are, by a regular expression, or by one over their hexadecimal digits; or of HTTP the status, the body or a field.");
        private final Key<CheckStep.Expect, String> pattern = optional(
                "pattern",
                Forms.text(),
                CheckStep.Expect::pattern,
                "",
                "What it must be or contain: bytes like those of `send`, a regular expression, or codes such as `200,300-399`.");
        private final Key<CheckStep.Expect, CheckStep.FieldTest> field =
                absent("field", new FieldTestSection(), CheckStep.Expect::field, "", "The field there must be.");
        private final Key<CheckStep.Expect, Boolean> isNegated =
                optional("isNegated", Forms.flag(), CheckStep.Expect::isNegated, false, "Whether it must not be so.");
        private final Key<CheckStep.Expect, Integer> leastBytes = optional(
                "leastBytes",
                Forms.whole(-1, Integer.MAX_VALUE),
                CheckStep.Expect::leastBytes,
                -1,
                "How many bytes are enough to tell; -1 for waiting as long as there may come more.");
        private final Key<CheckStep.Expect, CheckStatus> okStatus = absent(
                "okStatus",
                status(),
                CheckStep.Expect::okStatus,
                "`L7OK`",
                "What the check comes to where this is the last step and all is well.");
        private final Key<CheckStep.Expect, CheckStatus> errorStatus = absent(
                "errorStatus",
                status(),
                CheckStep.Expect::errorStatus,
                "`L7RSP`, or `L7STS` of a status or field",
                "What it comes to where the answer is otherwise.");
        private final Key<CheckStep.Expect, CheckStatus> timeoutStatus = absent(
                "timeoutStatus",
                status(),
                CheckStep.Expect::timeoutStatus,
                "`L7TOUT`",
                "What it comes to where none came in time.");
        private final Key<CheckStep.Expect, String> okText =
                optional("okText", Forms.text(), CheckStep.Expect::okText, "", "What is told where all is well.");
        private final Key<CheckStep.Expect, String> errorText = optional(
                "errorText",
                Forms.text(),
                CheckStep.Expect::errorText,
                "",
                "What is told where the answer is otherwise, in place of what was found.");
        private final Key<CheckStep.Expect, Integer> number = number(this);
        private final Key<CheckStep.Expect, String> comment = comment(this);

        ExpectSection() {
            super("check expectation");
        }

        @Override
        CheckStep.Expect make(Values values) {
            return new CheckStep.Expect(
                    values.get(subject),
                    values.or(pattern, ""),
                    values.find(field),
                    values.or(isNegated, false),
                    values.or(leastBytes, -1),
                    values.find(okStatus),
                    values.find(errorStatus),
                    values.find(timeoutStatus),
                    values.or(okText, ""),
                    values.or(errorText, ""),
                    values.or(number, 0),
                    values.or(comment, ""));
        }
    }

    /** {@link CheckStep.FieldTest}. */
    private static final class FieldTestSection extends Section<CheckStep.FieldTest> {
        private final Key<CheckStep.FieldTest, String> name =
                required("name", Forms.text(), CheckStep.FieldTest::name, "Its name, in whatever case.");
        private final Key<CheckStep.FieldTest, CheckStep.Comparison> nameBy = optional(
                "nameBy",
                Forms.word(CheckStep.Comparison.class),
                CheckStep.FieldTest::nameBy,
                CheckStep.Comparison.EQUAL,
                "How names are compared.");
        private final Key<CheckStep.FieldTest, String> value =
                absent("value", Forms.text(), CheckStep.FieldTest::value, "any", "What its value is compared with.");
        private final Key<CheckStep.FieldTest, CheckStep.Comparison> valueBy = optional(
                "valueBy",
                Forms.word(CheckStep.Comparison.class),
                CheckStep.FieldTest::valueBy,
                CheckStep.Comparison.EQUAL,
                "How values are compared.");
        private final Key<CheckStep.FieldTest, Boolean> isWhole = optional(
                "isWhole",
                Forms.flag(),
                CheckStep.FieldTest::isWhole,
                false,
                "Whether its value is looked at as a whole, not each of those that commas part.");

        FieldTestSection() {
            super("check field");
        }

        @Override
        CheckStep.FieldTest make(Values values) {
            return new CheckStep.FieldTest(
                    values.get(name),
                    values.or(nameBy, CheckStep.Comparison.EQUAL),
                    values.find(value),
                    values.or(valueBy, CheckStep.Comparison.EQUAL),
                    values.or(isWhole, false));
        }
    }
}

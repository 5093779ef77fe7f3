package io.steelyard.api.health;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One step of a check that is a sequence of them (HAProxy {@code tcp-check} and {@code http-check}). A sequence that does not begin with a
 * connection connects first, as the check's options say. Bytes are written with {@code \r \n \t \0 \\ \"} and {@code \xNN}.
 */
public sealed interface CheckStep {
    /** What messages call it: its number; 0 for its place in the sequence. */
    int number();

    /** What messages say of it besides; empty for nothing. */
    String comment();

    /** How a connection of its own is secured. */
    enum Security {
        NONE,
        UNVERIFIED,
        VERIFIED
    }

    /**
     * Connects, and leaves the connection before, if there is one.
     *
     * @param isOrdinary whether it is made as the check's own: its options hold for TLS, the server's for the PROXY protocol
     * @param address where to; absent for the check's
     * @param port where to; 0 for the check's
     * @param security how it is secured, unless ordinary
     * @param serverName what a server is told with TLS; empty for what the check's options say, where the connection is ordinary, and else for
     *     nothing
     * @param protocols those offered with TLS (ALPN)
     * @param sendsProxyProtocol whether it begins with a header of the PROXY protocol, whatever the server says
     */
    record Connect(
            boolean isOrdinary,
            Optional<InetAddress> address,
            int port,
            Security security,
            String serverName,
            List<String> protocols,
            boolean sendsProxyProtocol,
            int number,
            String comment)
            implements CheckStep {
        /** As the check's options say. */
        public static final Connect ORDINARY =
                new Connect(true, Optional.empty(), 0, Security.NONE, "", List.of(), false, 0, "");

        public Connect {
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(security, "security");
            Objects.requireNonNull(serverName, "serverName");
            protocols = List.copyOf(protocols);
            Objects.requireNonNull(comment, "comment");
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + " is out of range; expected 0 to 65535");
            }
        }
    }

    /**
     * Sends bytes.
     *
     * @param bytes with escapes
     */
    record Send(String bytes, int number, String comment) implements CheckStep {
        public Send {
            Objects.requireNonNull(bytes, "bytes");
            Objects.requireNonNull(comment, "comment");
        }
    }

    /**
     * Sends a request of HTTP/1.
     *
     * @param version {@code 1.0} or {@code 1.1}
     * @param fields header lines without their ends
     * @param body with escapes; empty for none
     */
    record Request(
            String method, String path, String version, List<String> fields, String body, int number, String comment)
            implements CheckStep {
        public Request {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(version, "version");
            fields = List.copyOf(fields);
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(comment, "comment");
        }
    }

    /** What of an answer is looked at, and how. */
    enum Subject {
        /** Bytes, anywhere. */
        BYTES,
        /** A regular expression, somewhere in the bytes, each of which is one character. */
        BYTES_MATCH,
        /** A regular expression, somewhere in the bytes, written as hexadecimal digits in upper case. */
        HEX_MATCH,
        /** Codes and ranges of the status of HTTP. */
        STATUS,
        /** A regular expression, somewhere in the status of HTTP. */
        STATUS_MATCH,
        /** Bytes, anywhere in the body of HTTP. */
        BODY,
        /** A regular expression, somewhere in the body of HTTP. */
        BODY_MATCH,
        /** A field of the header of HTTP; see {@link FieldTest}. */
        FIELD
    }

    /** How two texts are compared. */
    enum Comparison {
        EQUAL,
        BEGINS,
        ENDS,
        CONTAINS,
        MATCHES
    }

    /**
     * Which field of a header of HTTP there must be.
     *
     * @param nameBy how names are compared, in whatever case they are
     * @param value what its value is compared with; absent for any value
     * @param isWhole whether a field's value is looked at as a whole, not each of those that commas part
     */
    record FieldTest(String name, Comparison nameBy, Optional<String> value, Comparison valueBy, boolean isWhole) {
        public FieldTest {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(nameBy, "nameBy");
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(valueBy, "valueBy");
        }
    }

    /**
     * Waits for an answer.
     *
     * @param pattern what {@code subject} says; empty for a field
     * @param field for a field only
     * @param isNegated whether the answer must not be so
     * @param leastBytes how many bytes must have come before it is judged; -1 for judging whatever comes until it is as expected
     * @param okStatus what the check comes to where this is the last step, and all is well
     * @param errorStatus what it comes to where the answer is not as expected
     * @param timeoutStatus what it comes to where no answer came in time
     * @param okText more for people in the first of these cases; empty for nothing
     * @param errorText the same in the second; empty for what was found
     */
    record Expect(
            Subject subject,
            String pattern,
            Optional<FieldTest> field,
            boolean isNegated,
            int leastBytes,
            Optional<CheckStatus> okStatus,
            Optional<CheckStatus> errorStatus,
            Optional<CheckStatus> timeoutStatus,
            String okText,
            String errorText,
            int number,
            String comment)
            implements CheckStep {
        public Expect {
            Objects.requireNonNull(subject, "subject");
            Objects.requireNonNull(pattern, "pattern");
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(okStatus, "okStatus");
            Objects.requireNonNull(errorStatus, "errorStatus");
            Objects.requireNonNull(timeoutStatus, "timeoutStatus");
            Objects.requireNonNull(okText, "okText");
            Objects.requireNonNull(errorText, "errorText");
            Objects.requireNonNull(comment, "comment");
            if (leastBytes < -1) {
                throw new IllegalArgumentException("leastBytes is " + leastBytes + ", expected -1 or more");
            }
            if ((subject == Subject.FIELD) != field.isPresent()) {
                throw new IllegalArgumentException("a field is tested where the subject is one, and only there");
            }
        }

        /** One with defaults for all else. */
        public static Expect of(Subject subject, String pattern) {
            return new Expect(
                    subject,
                    pattern,
                    Optional.empty(),
                    false,
                    -1,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    "",
                    0,
                    "");
        }

        /** Whether it is about an answer of HTTP. */
        public boolean isOfHttp() {
            return subject.compareTo(Subject.STATUS) >= 0;
        }
    }
}

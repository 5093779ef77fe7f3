package io.steelyard.http.h2;

import io.steelyard.http.message.AuthorityRules;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.TargetRules;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;

/**
 * Makes the head of a request of a header block, in the form that HTTP/1 has it in too: the authority becomes Host, Cookie fields become one
 * (RFC 9113 section 8.3). What the target and the host may be is decided by the same rules as in HTTP/1. Owned by one loop.
 */
final class RequestAssembler extends FieldAssembler {
    private static final int METHOD = 1;
    private static final int SCHEME = 2;
    private static final int PATH = 4;
    private static final int AUTHORITY = 8;
    private static final int LONGEST_METHOD = 32;

    private final HttpLimits limits;
    private final Leniency leniency;
    private RequestHead head = new RequestHead(new FieldBlock(1, 1));
    private int seen;
    private int methodStart;
    private int methodEnd;
    private int pathStart;
    private int pathEnd;
    private int authorityStart;
    private int authorityEnd;

    RequestAssembler(HttpLimits limits, Leniency leniency) {
        super(limits, leniency);
        this.limits = limits;
        this.leniency = leniency;
    }

    void begin(RequestHead request) {
        request.clear();
        request.begin(Method.OTHER, 0, 0, HttpVersion.HTTP_2);
        head = request;
        seen = 0;
        begin(request.fields());
    }

    @Override
    void pseudoField(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd) {
        if (hasPlainFields()) {
            malformed(Malformation.PSEUDO_FIELD_LATE);
            return;
        }
        int which = which(bytes, nameStart, nameEnd);
        if (which == 0) {
            malformed(Malformation.PSEUDO_FIELD_UNKNOWN);
        } else if ((seen & which) != 0) {
            malformed(Malformation.PSEUDO_FIELD_REPEATED);
        }
        seen |= which;
        switch (which) {
            case METHOD -> {
                methodStart = valueStart;
                methodEnd = valueEnd;
            }
            case SCHEME -> {
                if (!Octets.equalsLower(bytes, valueStart, valueEnd, "http")
                        && !Octets.equalsLower(bytes, valueStart, valueEnd, "https")) {
                    malformed(Malformation.SCHEME_INVALID);
                }
            }
            case PATH -> {
                pathStart = valueStart;
                pathEnd = valueEnd;
            }
            case AUTHORITY -> {
                authorityStart = valueStart;
                authorityEnd = valueEnd;
            }
            default -> {}
        }
    }

    private static int which(byte[] bytes, int start, int end) {
        if (is(bytes, start, end, ":method")) {
            return METHOD;
        }
        if (is(bytes, start, end, ":scheme")) {
            return SCHEME;
        }
        if (is(bytes, start, end, ":path")) {
            return PATH;
        }
        return is(bytes, start, end, ":authority") ? AUTHORITY : 0;
    }

    private static boolean is(byte[] bytes, int start, int end, String name) {
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The block is complete: decides what it asks for. {@link #malformation} and {@link #violation} tell whether that can be served. */
    void finish(HpackDecoder.Result result) {
        var fields = head.fields();
        if (malformation() != null) {
            return;
        }
        if (result == HpackDecoder.Result.TOO_LARGE || !fields.hasRoom(fields.usedBytes())) {
            violates(Violation.HEAD_TOO_LARGE);
        }
        if ((seen & METHOD) != 0) {
            method();
        }
        if (violation() != Violation.NONE || malformation() != null) {
            return;
        }
        boolean isConnect = head.method() == Method.CONNECT;
        if (isConnect
                ? (seen & AUTHORITY) == 0 || (seen & (SCHEME | PATH)) != 0
                : (seen & 7) != (METHOD | SCHEME | PATH)) {
            malformed(Malformation.PSEUDO_FIELD_MISSING);
        } else if (isConnect || head.method() == Method.TRACE && !leniency.allows(Relaxation.TRACE)) {
            violates(Violation.METHOD_NOT_ALLOWED);
        } else {
            target();
        }
        if (violation() == Violation.NONE && malformation() == null) {
            host();
            joinCookies();
        }
    }

    private void method() {
        var bytes = head.fields().bytes();
        if (!Octets.isToken(bytes, methodStart, methodEnd)) {
            malformed(Malformation.METHOD_INVALID);
        } else if (methodEnd - methodStart > LONGEST_METHOD) {
            violates(Violation.METHOD_TOO_LONG);
        } else {
            head.begin(Method.of(bytes, methodStart, methodEnd), methodStart, methodEnd, HttpVersion.HTTP_2);
        }
    }

    private void target() {
        var bytes = head.fields().bytes();
        boolean isAsterisk = pathEnd - pathStart == 1 && bytes[pathStart] == '*';
        if (pathEnd == pathStart || bytes[pathStart] != '/' && !isAsterisk) {
            malformed(Malformation.PATH_INVALID);
        } else if (pathEnd - pathStart + methodEnd - methodStart > limits.requestLine()) {
            violates(Violation.REQUEST_LINE_TOO_LONG);
        } else {
            violates(TargetRules.apply(head, pathStart, pathEnd, leniency));
        }
    }

    /** The authority is the host; Host, where it is there too, must say the same (RFC 9113 section 8.3.1). */
    private void host() {
        var fields = head.fields();
        int field = fields.find(FieldName.HOST);
        if (field >= 0 && fields.findNext(FieldName.HOST, field) >= 0) {
            violates(Violation.HOST_REPEATED);
        } else if ((seen & AUTHORITY) == 0) {
            violates(
                    field < 0
                            ? Violation.HOST_MISSING
                            : AuthorityRules.apply(
                                    head, fields.valueStart(field), fields.valueEnd(field), Leniency.strict()));
        } else if (field >= 0
                && !Octets.equalsIgnoringCase(
                        fields.bytes(),
                        authorityStart,
                        authorityEnd,
                        fields.bytes(),
                        fields.valueStart(field),
                        fields.valueEnd(field))) {
            violates(Violation.AUTHORITY_OTHER_THAN_HOST);
        } else {
            violates(AuthorityRules.apply(head, authorityStart, authorityEnd, Leniency.strict()));
            if (field < 0 && violation() == Violation.NONE) {
                fields.add(FieldName.HOST, fields.bytes(), authorityStart, authorityEnd);
            }
        }
    }

    /** One field of the crumbs, as servers that speak HTTP/1 expect it (RFC 9113 section 8.2.3). */
    private void joinCookies() {
        var fields = head.fields();
        int first = fields.find(FieldName.COOKIE);
        if (first < 0 || fields.findNext(FieldName.COOKIE, first) < 0) {
            return;
        }
        int start = fields.append(fields.bytes(), fields.valueStart(first), fields.valueEnd(first));
        for (int next = fields.findNext(FieldName.COOKIE, first); next >= 0; ) {
            fields.append(';');
            fields.append(' ');
            fields.append(fields.bytes(), fields.valueStart(next), fields.valueEnd(next));
            fields.removeAt(next);
            next = fields.findNext(FieldName.COOKIE, next - 1);
        }
        fields.moveValue(first, start, fields.usedBytes());
    }
}

package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * What a request target may be, and what it means (RFC 9112 section 3.2). Used for the request line of HTTP/1 and for {@code :path} of
 * HTTP/2. Without state.
 */
public final class TargetRules {
    private static final byte PLAIN = 0;
    private static final byte SLASH = 1;
    private static final byte PERCENT = 2;
    private static final byte QUESTION = 3;
    private static final byte HASH = 4;
    private static final byte BACKSLASH = 5;
    private static final byte HIGH = 6;
    private static final byte BAD = 7;
    private static final byte[] KIND = new byte[256];

    static {
        for (int b = 0; b < 256; b++) {
            KIND[b] = b <= ' ' || b == 0x7f ? BAD : b > 0x7f ? HIGH : PLAIN;
        }
        KIND['/'] = SLASH;
        KIND['%'] = PERCENT;
        KIND['?'] = QUESTION;
        KIND['#'] = HASH;
        KIND['\\'] = BACKSLASH;
    }

    private TargetRules() {}

    /**
     * Takes the target of a request whose method is set, a range of the head's bytes, and fills in form, path, query and normalised path,
     * and for the absolute and the authority form the host.
     */
    public static Violation apply(RequestHead head, int start, int end, Leniency leniency) {
        if (start == end) {
            return Violation.TARGET_MISSING;
        }
        var bytes = head.fields().bytes();
        if (head.method() == Method.CONNECT) {
            head.begin(TargetForm.AUTHORITY, start, end);
            // The target is passed on as it came, so nothing in it can be left out.
            var violation = AuthorityRules.apply(head, start, end, Leniency.strict());
            return violation == Violation.NONE && head.port() < 0 ? Violation.TARGET_FORM_INVALID : violation;
        }
        if (bytes[start] == '/') {
            head.begin(TargetForm.ORIGIN, start, end);
            return pathAndQuery(head, start, end, leniency);
        }
        if (bytes[start] == '*' && end - start == 1) {
            head.begin(TargetForm.ASTERISK, start, end);
            head.path(start, end);
            return head.method() == Method.OPTIONS ? Violation.NONE : Violation.TARGET_FORM_INVALID;
        }
        return absolute(head, start, end, leniency);
    }

    private static Violation absolute(RequestHead head, int start, int end, Leniency leniency) {
        var fields = head.fields();
        var bytes = fields.bytes();
        int authority = authorityStart(bytes, start, end);
        if (authority < 0) {
            return Violation.TARGET_FORM_INVALID;
        }
        head.begin(TargetForm.ABSOLUTE, start, end);
        int path = authority;
        while (path < end && bytes[path] != '/' && bytes[path] != '?' && bytes[path] != '#') {
            path++;
        }
        var violation = AuthorityRules.apply(head, authority, path, leniency);
        if (violation != Violation.NONE) {
            return violation;
        }
        if (path < end && bytes[path] == '/') {
            return pathAndQuery(head, path, end, leniency);
        }
        int own = fields.append('/');
        fields.append(fields.bytes(), path, end);
        return pathAndQuery(head, own, own + 1 + end - path, leniency);
    }

    private static int authorityStart(byte[] bytes, int start, int end) {
        if (end - start > 7 && Octets.equalsLower(bytes, start, start + 7, "http://")) {
            return start + 7;
        }
        return end - start > 8 && Octets.equalsLower(bytes, start, start + 8, "https://") ? start + 8 : -1;
    }

    private static Violation pathAndQuery(RequestHead head, int start, int end, Leniency leniency) {
        var bytes = head.fields().bytes();
        boolean plain = true;
        int i = start;
        scan:
        for (; i < end; i++) {
            switch (KIND[bytes[i] & 0xff]) {
                case PLAIN -> {}
                case SLASH -> plain &= i + 1 == end || (bytes[i + 1] != '/' && bytes[i + 1] != '.');
                case PERCENT -> plain = false;
                case QUESTION -> {
                    break scan;
                }
                case HASH -> {
                    if (!leniency.allows(Relaxation.FRAGMENT_IN_TARGET)) {
                        return Violation.FRAGMENT_IN_TARGET;
                    }
                    break scan;
                }
                case BACKSLASH -> {
                    if (!leniency.allows(Relaxation.BACKSLASH_IN_PATH)) {
                        return Violation.BACKSLASH_IN_PATH;
                    }
                }
                case HIGH -> {
                    if (!leniency.allows(Relaxation.NON_ASCII_TARGET)) {
                        return Violation.TARGET_INVALID;
                    }
                }
                default -> {
                    return Violation.TARGET_INVALID;
                }
            }
        }
        head.path(start, i);
        if (i < end) {
            var violation = bytes[i] == '?' ? query(head, i + 1, end, leniency) : fragment(bytes, i, end, leniency);
            if (violation != Violation.NONE) {
                return violation;
            }
        }
        return plain ? Violation.NONE : PathRules.normalize(head, leniency);
    }

    private static Violation query(RequestHead head, int start, int end, Leniency leniency) {
        var bytes = head.fields().bytes();
        for (int i = start; i < end; i++) {
            byte kind = KIND[bytes[i] & 0xff];
            if (kind == BAD || (kind == HIGH && !leniency.allows(Relaxation.NON_ASCII_TARGET))) {
                return Violation.TARGET_INVALID;
            }
            if (kind == HASH) {
                if (!leniency.allows(Relaxation.FRAGMENT_IN_TARGET)) {
                    return Violation.FRAGMENT_IN_TARGET;
                }
                head.query(start, i);
                return fragment(bytes, i, end, leniency);
            }
        }
        head.query(start, end);
        return Violation.NONE;
    }

    private static Violation fragment(byte[] bytes, int start, int end, Leniency leniency) {
        for (int i = start; i < end; i++) {
            byte kind = KIND[bytes[i] & 0xff];
            if (kind == BAD || (kind == HIGH && !leniency.allows(Relaxation.NON_ASCII_TARGET))) {
                return Violation.TARGET_INVALID;
            }
        }
        return Violation.NONE;
    }
}

package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * nginx's rule for the path that locations are matched against: percent-encodings are decoded, and the decoded characters count as if they
 * had stood there, except {@code %}, {@code ?} and {@code #}; then adjacent slashes are one unless {@link Relaxation#ADJACENT_SLASHES} keeps them, {@code .} segments vanish, and {@code ..}
 * segments take the segment before them along. Examples: {@code /a//b/./c} is {@code /a/b/c}; {@code /a/%2e%2e/b} is {@code /b};
 * {@code /a/..} is {@code /}; {@code /..} leads above the root and is a violation.
 */
final class PathRules {
    private PathRules() {}

    /** Writes the normalised form of the head's path behind its other bytes. */
    static Violation normalize(RequestHead head, Leniency leniency) {
        var fields = head.fields();
        int from = head.pathStart();
        int to = head.pathEnd();
        var bytes = fields.reserve(to - from);
        int base = fields.usedBytes();
        int at = base;
        int segment = base;
        boolean merges = !leniency.allows(Relaxation.ADJACENT_SLASHES);
        for (int i = from; i < to; i++) {
            int octet = bytes[i];
            if (octet == '%') {
                int decoded = decode(bytes, i, to);
                if (decoded >= 0) {
                    if (decoded == 0 || decoded == '\r' || decoded == '\n') {
                        return Violation.ENCODED_CONTROL_IN_PATH;
                    }
                    octet = decoded;
                    i += 2;
                } else if (!leniency.allows(Relaxation.BAD_PERCENT_IN_PATH)) {
                    return Violation.BAD_PERCENT_IN_PATH;
                }
            }
            if (octet != '/') {
                bytes[at++] = (byte) octet;
                continue;
            }
            int end = at == base ? at : endSegment(bytes, base, segment, at);
            if (end < 0) {
                return Violation.PATH_ABOVE_ROOT;
            }
            // Dots leave the slash that was before them.
            boolean hasSlash = end < at || merges && at > base && bytes[at - 1] == '/';
            at = end;
            if (!hasSlash) {
                bytes[at++] = '/';
            }
            segment = at;
        }
        at = endSegment(bytes, base, segment, at);
        if (at < 0) {
            return Violation.PATH_ABOVE_ROOT;
        }
        fields.use(at);
        head.normalPath(base, at);
        return Violation.NONE;
    }

    /** Where to go on writing once the segment in [segment, at) is complete: dot segments vanish. -1 if that is above the root. */
    private static int endSegment(byte[] bytes, int base, int segment, int at) {
        if (at - segment == 1 && bytes[segment] == '.') {
            return segment;
        }
        if (at - segment != 2 || bytes[segment] != '.' || bytes[segment + 1] != '.') {
            return at;
        }
        if (segment == base + 1) {
            return -1;
        }
        int parent = segment - 1;
        while (bytes[parent - 1] != '/') {
            parent--;
        }
        return parent;
    }

    private static int decode(byte[] bytes, int percent, int end) {
        if (percent + 2 >= end || !Octets.isHex(bytes[percent + 1]) || !Octets.isHex(bytes[percent + 2])) {
            return -1;
        }
        return Octets.hexValue(bytes[percent + 1]) << 4 | Octets.hexValue(bytes[percent + 2]);
    }
}

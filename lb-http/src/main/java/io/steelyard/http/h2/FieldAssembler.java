package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;
import org.jspecify.annotations.Nullable;

/**
 * Makes fields of what a header block holds, by the rules for every field of HTTP/2 (RFC 9113 section 8.2). Alone it makes trailer fields;
 * with {@link RequestAssembler} the head of a request. Owned by one loop.
 */
class FieldAssembler implements HpackDecoder.Sink {
    private final HttpLimits limits;
    private final boolean keepsUnderscores;
    private FieldBlock fields = new FieldBlock(1, 1);
    private int seen;
    private @Nullable Malformation malformation;
    private Violation violation = Violation.NONE;

    FieldAssembler(HttpLimits limits, Leniency leniency) {
        this.limits = limits;
        keepsUnderscores = leniency.allows(Relaxation.UNDERSCORE_IN_NAME);
    }

    /** Another list of fields. */
    void begin(FieldBlock into) {
        fields = into;
        seen = 0;
        malformation = null;
        violation = Violation.NONE;
    }

    final FieldBlock fields() {
        return fields;
    }

    /** Why the message is malformed, so that its stream is to be reset; null where it is not. */
    final @Nullable Malformation malformation() {
        return malformation;
    }

    /** Which rule of all versions of HTTP it breaks, and so what it is answered with. */
    final Violation violation() {
        return violation;
    }

    final void malformed(Malformation why) {
        if (malformation == null) {
            malformation = why;
        }
    }

    final void violates(Violation rule) {
        if (violation == Violation.NONE) {
            violation = rule;
        }
    }

    @Override
    public void field(int nameStart, int nameEnd, int valueStart, int valueEnd, int nameId) {
        var bytes = fields.bytes();
        if (nameEnd == nameStart) {
            malformed(Malformation.NAME_EMPTY);
        } else if (bytes[nameStart] == ':') {
            pseudoField(bytes, nameStart, nameEnd, valueStart, valueEnd);
        } else {
            plainField(bytes, nameStart, nameEnd, valueStart, valueEnd, nameId);
        }
    }

    /** A field whose name begins with a colon. */
    void pseudoField(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd) {
        malformed(Malformation.PSEUDO_FIELD_IN_TRAILERS);
    }

    /** Whether there may be no further pseudo-fields, since a plain one came. */
    final boolean hasPlainFields() {
        return seen > 0;
    }

    private void plainField(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd, int nameId) {
        boolean hasUnderscore = false;
        for (int i = nameStart; i < nameEnd; i++) {
            byte octet = bytes[i];
            if (octet >= 'A' && octet <= 'Z') {
                malformed(Malformation.NAME_IN_CAPITALS);
            } else if (!Octets.isToken(octet)) {
                malformed(Malformation.NAME_INVALID);
            }
            hasUnderscore |= octet == '_';
        }
        checkValue(bytes, valueStart, valueEnd);
        checkConnection(bytes, nameId, valueStart, valueEnd);
        if (++seen > limits.fields()) {
            violates(Violation.TOO_MANY_FIELDS);
        } else if (valueEnd - nameStart > limits.field() || nameEnd - nameStart > FieldBlock.MAXIMUM_NAME_BYTES) {
            violates(Violation.FIELD_TOO_LARGE);
        } else if (malformation == null && (keepsUnderscores || !hasUnderscore)) {
            fields.addInPlace(nameStart, nameEnd, valueStart, valueEnd, nameId);
        }
    }

    private void checkValue(byte[] bytes, int start, int end) {
        if (start == end) {
            return;
        }
        if (Octets.isBlank(bytes[start]) || Octets.isBlank(bytes[end - 1])) {
            malformed(Malformation.VALUE_PADDED);
        }
        for (int i = start; i < end; i++) {
            int octet = bytes[i] & 0xff;
            if (octet < ' ' && octet != '\t' || octet == 0x7f) {
                malformed(Malformation.VALUE_INVALID);
                return;
            }
        }
    }

    /** Fields about the connection have no place here (RFC 9113 section 8.2.2). */
    private void checkConnection(byte[] bytes, int nameId, int valueStart, int valueEnd) {
        if (nameId == FieldName.CONNECTION.id()
                || nameId == FieldName.PROXY_CONNECTION.id()
                || nameId == FieldName.KEEP_ALIVE.id()
                || nameId == FieldName.TRANSFER_ENCODING.id()
                || nameId == FieldName.UPGRADE.id()) {
            malformed(Malformation.CONNECTION_FIELD);
        } else if (nameId == FieldName.TE.id() && !Octets.equalsLower(bytes, valueStart, valueEnd, "trailers")) {
            malformed(Malformation.TE_OTHER_THAN_TRAILERS);
        }
    }
}

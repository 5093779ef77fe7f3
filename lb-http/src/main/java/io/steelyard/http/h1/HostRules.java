package io.steelyard.http.h1;

import io.steelyard.http.message.AuthorityRules;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.TargetForm;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;

/**
 * Which host a request is for (RFC 9112 section 3.2): exactly one Host in HTTP/1.1, at most one in HTTP/1.0, valid, and the same as that of
 * the target if the target names one. Without state.
 */
final class HostRules {
    private HostRules() {}

    static Violation apply(RequestHead head, Leniency leniency) {
        var fields = head.fields();
        int field = fields.find(FieldName.HOST);
        if (field < 0) {
            return head.version().isAtLeast11() ? Violation.HOST_MISSING : Violation.NONE;
        }
        if (fields.findNext(FieldName.HOST, field) >= 0) {
            return Violation.HOST_REPEATED;
        }
        boolean targetNamesHost = head.targetForm() == TargetForm.ABSOLUTE || head.targetForm() == TargetForm.AUTHORITY;
        if (targetNamesHost) {
            return compare(head, field, leniency);
        }
        var violation = AuthorityRules.apply(head, fields.valueStart(field), fields.valueEnd(field), leniency);
        if (violation == Violation.NONE) {
            dropUserInformation(head, field);
        }
        return violation;
    }

    private static void dropUserInformation(RequestHead head, int field) {
        var fields = head.fields();
        for (int i = fields.valueEnd(field) - 1; i >= fields.valueStart(field); i--) {
            if (fields.bytes()[i] == '@') {
                fields.moveValue(field, i + 1, fields.valueEnd(field));
                return;
            }
        }
    }

    private static Violation compare(RequestHead head, int field, Leniency leniency) {
        var fields = head.fields();
        int start = head.hostStart();
        int end = head.hostEnd();
        int port = head.port();
        var violation = AuthorityRules.apply(head, fields.valueStart(field), fields.valueEnd(field), leniency);
        boolean same = violation == Violation.NONE
                && portOf(head, port) == portOf(head, head.port())
                && Octets.equalsIgnoringCase(
                        fields.bytes(), start, end, fields.bytes(), head.hostStart(), head.hostEnd());
        if (violation != Violation.NONE) {
            return violation;
        }
        if (same) {
            dropUserInformation(head, field);
            return Violation.NONE;
        }
        if (!leniency.allows(Relaxation.AUTHORITY_OTHER_THAN_HOST)) {
            return Violation.AUTHORITY_OTHER_THAN_HOST;
        }
        int authority = fields.append(fields.bytes(), start, end);
        if (port >= 0) {
            fields.append(':');
            appendPort(head, port);
        }
        fields.moveValue(field, authority, fields.usedBytes());
        return AuthorityRules.apply(head, authority, fields.usedBytes(), leniency);
    }

    private static void appendPort(RequestHead head, int port) {
        if (port >= 10) {
            appendPort(head, port / 10);
        }
        head.fields().append('0' + port % 10);
    }

    /** The port, or that of the target's scheme if none is given. */
    private static int portOf(RequestHead head, int port) {
        if (port >= 0 || head.targetForm() != TargetForm.ABSOLUTE) {
            return port;
        }
        return (head.fields().bytes()[head.targetStart() + 4] | 0x20) == 's' ? 443 : 80;
    }
}

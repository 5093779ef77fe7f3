package io.steelyard.health;

import static io.steelyard.health.ProtocolSteps.matches;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.health.SequenceStep.Judgement;
import java.util.HexFormat;
import java.util.List;

/** {@code ldap}: binds anonymously, and wants that to succeed (HAProxy {@code option ldap-check}; RFC 4511 section 4.2). */
public final class LdapCheckProvider implements HealthCheckProvider {
    private static final String NO_LDAP = "Not LDAPv3 protocol";
    private static final int LEAST_BYTES = 14;

    @Override
    public String name() {
        return "ldap";
    }

    @Override
    public String description() {
        return "binds to an LDAP server anonymously";
    }

    @Override
    public List<OptionSpec> options() {
        return ProtocolSteps.options();
    }

    @Override
    public HealthCheck create(Options options) {
        var isSequence = matches(
                "^30",
                true,
                false,
                LEAST_BYTES,
                CheckStatus.ANSWER_INVALID,
                answer -> 0,
                answer -> "",
                answer -> NO_LDAP);
        return new ProtocolSteps(options, false)
                .send(HexFormat.of().parseHex("300c020101600702010304008000"))
                .expect(isSequence)
                .expect((answer, isOver) -> bound(answer))
                .build();
    }

    /** A BindResponse to message 1, and its resultCode. */
    private static Judgement bound(Answer answer) {
        int at = longLength(answer, 1);
        if (at > 2 || !has(answer, 2 + at, 0x02, 0x01, 0x01, 0x61)) {
            return new Judgement(CheckStatus.ANSWER_INVALID, 0, NO_LDAP);
        }
        at += longLength(answer, 6 + at);
        if (at > 4 || !has(answer, 7 + at, 0x0A, 0x01)) {
            return new Judgement(CheckStatus.ANSWER_INVALID, 0, NO_LDAP);
        }
        int code = at(answer, 9 + at);
        return code == 0
                ? Judgement.passed(0, "Success")
                : new Judgement(
                        CheckStatus.ANSWER_REFUSED, code, "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9");
    }

    /** How many bytes a length in the long form takes besides its first; 0 for the short form. */
    private static int longLength(Answer answer, int index) {
        int first = at(answer, index);
        return (first & 0x80) == 0 ? 0 : first & 0x7F;
    }

    private static boolean has(Answer answer, int from, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (at(answer, from + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static int at(Answer answer, int index) {
        return index < answer.length() ? answer.bytes()[index] & 0xFF : -1;
    }
}

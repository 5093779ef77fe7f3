package io.steelyard.core.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.tls.TlsStapling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests and responses beside openssl's. */
class ResponseCheckTest {
    private static final long DAY_MS = 86_400_000;

    @TempDir
    static Path folder;

    private static Responses made;

    @BeforeAll
    static void make() throws Exception {
        made = new Responses(folder);
    }

    private static String why(byte[] response, StatusQuestion question, long laterMs) {
        try {
            ResponseCheck.validUntilMs(response, question, System.currentTimeMillis() + laterMs);
            return "";
        } catch (OcspException refused) {
            return refused.why();
        }
    }

    @Test
    void requestIsThatOfOpenssl() throws Exception {
        for (var name : List.of("good", "revoked")) {
            var id = CertificateId.of(made.certificate(name), made.certificate("ca"));
            assertThat(id.request()).isEqualTo(made.request(name));
        }
        assertThat(made.question("good", Responses.VERIFIED).request().toString())
                .matches("http://127\\.0\\.0\\.1/status/[A-Za-z0-9%]+");
    }

    @Test
    void goodResponseIsTakenUntilItsNextUpdate() throws Exception {
        var question = made.question("good", Responses.VERIFIED);
        long now = System.currentTimeMillis();
        var response = made.response("good", "ca", "-ndays", "1");
        long until = ResponseCheck.validUntilMs(response, question, now);
        assertThat(until - now).isBetween(DAY_MS - 2_000, DAY_MS + 60_000);
        assertThat(why(response, question, DAY_MS + 200_000)).isEmpty();
        assertThat(why(response, question, DAY_MS + 400_000)).startsWith("its answer expired at ");
        assertThat(why(response, question, -400_000)).startsWith("its answer holds only from ");
        assertThat(ResponseCheck.validUntilMs(made.response("good", "ca"), question, now))
                .as("without nextUpdate")
                .isEqualTo(Long.MAX_VALUE);
        assertThat(why(made.response("good", "ca", "-resp_key_id"), question, 0))
                .as("signer by its key")
                .isEmpty();
        assertThat(why(made.response("good", "ca", "-resp_no_certs"), question, 0))
                .as("the signer is only in the chain")
                .isEmpty();
    }

    @Test
    void otherStatusesAreNotStapled() throws Exception {
        assertThat(why(made.response("revoked", "ca"), made.question("revoked", Responses.UNVERIFIED), 0))
                .isEqualTo("it says that the certificate is revoked");
        assertThat(why(made.response("unknown", "ca"), made.question("unknown", Responses.UNVERIFIED), 0))
                .isEqualTo("it does not know the certificate");
        assertThat(why(made.response("revoked", "ca"), made.question("good", Responses.UNVERIFIED), 0))
                .isEqualTo("its answer says nothing of this certificate");
        assertThat(why(new byte[] {0x30, 3, 10, 1, 3}, made.question("good", Responses.UNVERIFIED), 0))
                .isEqualTo("it answered 'try later'");
    }

    @Test
    void signerNeedsThePermissionOfTheIssuerWhereThatMatters() throws Exception {
        var strict = made.question("good", Responses.VERIFIED);
        var lax = made.question("good", Responses.UNVERIFIED);
        assertThat(why(made.response("good", "delegate"), strict, 0)).isEmpty();
        assertThat(why(made.response("good", "delegate"), strict, 60 * DAY_MS))
                .isEqualTo("the certificate that signed its answer is past its time");
        assertThat(why(made.response("good", "delegate", "-resp_no_certs"), lax, 0))
                .isEqualTo("the certificate that signed its answer is not known");
        var strange = made.response("good", "stranger");
        assertThat(why(strange, strict, 0)).contains("CN=stranger,O=Test, whom the issuer does not let");
        assertThat(why(strange, lax, 0)).isEmpty();
        var trusting = StatusQuestion.of(Responses.VERIFIED, made.chain("good"), List.of(made.certificate("stranger")));
        assertThat(why(strange, trusting.question(), 0)).isEmpty();
        assertThat(why(made.response("good", "ca", "-rmd", "sha1"), lax, 0)).contains("algorithm that is not taken");
        assertThat(why(made.response("good", "ca", "-rsigopt", "rsa_padding_mode:pss"), strict, 0))
                .isEmpty();
    }

    @Test
    void noChangeOfAResponseIsTakenAndNoneDoesHarm() throws Exception {
        var question = made.question("good", Responses.VERIFIED);
        var response = made.response("good", "ca", "-ndays", "1", "-resp_no_certs");
        assertThat(why(response, question, 0)).isEmpty();
        int lengthOfSignature = 256;
        for (int i = 0; i < response.length; i++) {
            var changed = response.clone();
            changed[i] ^= (byte) (i < response.length - lengthOfSignature ? 0x41 : 0x01);
            assertThat(why(changed, question, 0)).as("octet %d", i).isNotEmpty();
            assertThat(why(Arrays.copyOf(response, i), question, 0)).isNotEmpty();
        }
        var random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            var garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            assertThat(why(garbage, question, 0)).isNotEmpty();
        }
    }

    @Test
    void responderIsTheFirstThatTheCertificateNamesUnlessAnotherIsChosen() throws Exception {
        var chain = made.chain("placed");
        var found = StatusQuestion.of(TlsStapling.DEFAULT, chain, List.of());
        assertThat(found.question().responder()).hasToString("http://ocsp.example:81/a");
        assertThat(StatusQuestion.of(Responses.VERIFIED, chain, List.of())
                        .question()
                        .responder())
                .hasToString("http://127.0.0.1/status");
        assertThat(StatusQuestion.of(TlsStapling.DEFAULT, made.chain("good"), List.of())
                        .trouble())
                .contains("CN=good,O=Test is stapled: it names no OCSP responder");
        assertThatThrownBy(() -> new TlsStapling(Optional.of("https://a"), Optional.empty(), true))
                .hasMessageContaining("responder is 'https://a', expected http://");
    }

    @Test
    void issuerIsFoundInTheChainOrAmongAuthorities() throws Exception {
        var alone = List.of(made.certificate("good"));
        assertThat(StatusQuestion.of(Responses.VERIFIED, alone, List.of()).trouble())
                .contains("its issuer is not in its chain");
        assertThat(StatusQuestion.of(Responses.VERIFIED, alone, List.of(made.certificate("delegate")))
                        .question())
                .isNull();
        var authority = made.certificate("ca");
        assertThat(StatusQuestion.of(Responses.VERIFIED, alone, List.of(authority))
                        .question()
                        .issuer())
                .isEqualTo(authority);
    }
}

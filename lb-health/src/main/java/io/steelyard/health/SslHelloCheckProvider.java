package io.steelyard.health;

import static io.steelyard.health.ProtocolSteps.matches;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * {@code ssl-hello}: says hello as SSLv3 did, and takes any answer of TLS, an alert too, for one that speaks it (HAProxy {@code option
 * ssl-hello-chk}; RFC 6101 section 5.6.1.2). The options {@code tls…} of {@code tcp} do more.
 */
public final class SslHelloCheckProvider implements HealthCheckProvider {
    private static final String BEFORE_TIME = "160300007901000075" + "0300";

    /** No session; the suites 0x01 to 0x1B and 0x2F to 0x3A; no compression. */
    private static final String BEHIND_RANDOM = "00" + "004e" + suites(0x01, 0x1B) + suites(0x2F, 0x3A) + "0100";

    private final InstantSource clock;

    public SslHelloCheckProvider() {
        this(InstantSource.system());
    }

    SslHelloCheckProvider(InstantSource clock) {
        this.clock = clock;
    }

    private static String suites(int first, int last) {
        var digits = new StringBuilder();
        for (int suite = first; suite <= last; suite++) {
            digits.append("%04x".formatted(suite));
        }
        return digits.toString();
    }

    @Override
    public String name() {
        return "ssl-hello";
    }

    @Override
    public String description() {
        return "says hello as SSLv3 did, and takes any answer of TLS";
    }

    @Override
    public List<OptionSpec> options() {
        return ProtocolSteps.options();
    }

    @Override
    public HealthCheck create(Options options) {
        var isTls =
                matches("^1[56]", true, false, 5, CheckStatus.SECURE_FAILED, answer -> 0, answer -> "", answer -> "");
        return new ProtocolSteps(options, false)
                .send(target -> hello())
                .expect(isTls, Optional.of(CheckStatus.SECURED), CheckStatus.SECURE_TIMEOUT, CheckStatus.SECURE_FAILED)
                .build();
    }

    private byte[] hello() {
        var before = HexFormat.of().parseHex(BEFORE_TIME);
        var random = "HAPROXYSSLCHK\nHAPROXYSSLCHK\n".getBytes(StandardCharsets.US_ASCII);
        var behind = HexFormat.of().parseHex(BEHIND_RANDOM);
        return ByteBuffer.allocate(before.length + 4 + random.length + behind.length)
                .put(before)
                .putInt((int) clock.instant().getEpochSecond())
                .put(random)
                .put(behind)
                .array();
    }
}

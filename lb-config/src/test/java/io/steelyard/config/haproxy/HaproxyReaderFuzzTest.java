package io.steelyard.config.haproxy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/**
 * Any bytes at all. A build runs the inputs kept beside it; {@code JAZZER_FUZZ=1 mvn -pl lb-config test -Dtest=HaproxyReaderFuzzTest} looks
 * for new ones.
 */
class HaproxyReaderFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void readsAnything(byte[] bytes) {
        HaproxyReaderRobustness.check(new String(bytes, StandardCharsets.UTF_8));
    }
}

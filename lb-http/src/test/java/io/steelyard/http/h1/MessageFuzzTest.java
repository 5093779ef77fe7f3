package io.steelyard.http.h1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.http.message.Method;

/**
 * Any bytes at all, held to {@link RoundTrip}. A build runs the inputs kept beside it; {@code JAZZER_FUZZ=1 mvn -pl lb-http test
 * -Dtest=MessageFuzzTest#requests} looks for new ones.
 */
class MessageFuzzTest {
    @FuzzTest(maxDuration = "3m")
    void requests(byte[] bytes) {
        RoundTrip.request(bytes);
    }

    @FuzzTest(maxDuration = "3m")
    void responses(byte[] bytes) {
        RoundTrip.response(bytes, Method.GET, false);
        RoundTrip.response(bytes, Method.HEAD, true);
    }

    @FuzzTest(maxDuration = "3m")
    void chunks(byte[] bytes) {
        RoundTrip.chunks(bytes);
    }
}

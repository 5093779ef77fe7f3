package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.FrameCase;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each frame a client should not send, and some that it may, through a socket: what it is told, as RFC 9113 has it. */
@Timeout(240)
class Http2FramesTest {
    private static ScriptedServer server;
    private static Fixture proxy;

    static List<FrameCase> cases() {
        return FrameCase.all();
    }

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer((request, connection) -> {
            if (request.line().contains("/slow")) {
                return connection.in().read() >= 0;
            }
            return connection.reply(200, "ok");
        });
        proxy = Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> root.content(HttpProxy.toPool("web").build()),
                HttpClientOptions.builder().http2(true).build());
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void clientIsToldWhatTheSpecificationSays(FrameCase tried) throws IOException {
        try (var client = new FrameClient(proxy)) {
            client.raw().send(tried.sent());
            assertThat(outcome(client)).isEqualTo(tried.expected());
        }
    }

    private static String outcome(FrameClient client) throws IOException {
        while (true) {
            var frame = client.next();
            if (frame.type() == 7) {
                return "GOAWAY " + frame.code() + (isClosed(client) ? "" : ", but goes on");
            }
            if (frame.type() == 3 && frame.code() != ErrorCode.NO_ERROR) {
                return "RST " + frame.code();
            }
            if (frame.type() == 1) {
                return "" + client.on(frame.stream()).status();
            }
        }
    }

    /** Whether nothing comes behind it. */
    private static boolean isClosed(FrameClient client) throws IOException {
        try {
            client.next();
            return false;
        } catch (EOFException end) {
            return true;
        }
    }
}

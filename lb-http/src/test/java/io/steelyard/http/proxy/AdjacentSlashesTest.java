package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.text.Template;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths with slashes beside each other (nginx {@code merge_slashes}). */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class AdjacentSlashesTest {
    @ParameterizedTest
    @CsvSource({"true,/a/b/c merged", "false,/a//b/c apart"})
    void slashesAreOneForTheSearchUnlessTheyAreNotToBeMerged(boolean merges, String expected) throws IOException {
        try (var proxy = Fixture.start(
                        configuration -> configuration,
                        root -> root.content(reply("merged"))
                                .route(HttpRoute.builder("apart")
                                        .match(new PathMatch.Prefix("/a//b", false))
                                        .content(reply("apart"))
                                        .build()),
                        HttpClientOptions.builder()
                                .mergesSlashes(merges)
                                .http2(true)
                                .build());
                var client = proxy.client();
                var other = new FrameClient(proxy, Frame.get(1, "/a//b/c"))) {
            assertThat(client.get("/a//b/c").text()).isEqualTo(expected);
            assertThat(other.answer(1).text()).isEqualTo(expected);
        }
    }

    @Test
    void serverIsAskedWhatTheClientAskedFor() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> connection.reply(200, request.line()));
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            assertThat(client.get("/a//b").text()).isEqualTo("GET /a//b HTTP/1.1");
        }
    }

    private static Content reply(String word) {
        return new Content.Reply(200, Template.parse("$uri " + word), "text/plain");
    }
}

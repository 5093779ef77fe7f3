package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** nginx {@code set $args}. */
@Timeout(120)
class AssignedQueryTest {
    @Test
    void assignedQueryIsForwardedWithTheNormalisedPath() throws IOException {
        assertThat(forwarded("id=7&$args", "/a/../b%20c?d=1")).isEqualTo("GET /b%20c?id=7&d=1 HTTP/1.1");
    }

    @Test
    void emptyQueryLeavesNoQuestionMark() throws IOException {
        assertThat(forwarded("", "/a?d=1")).isEqualTo("GET /a HTTP/1.1");
    }

    private static String forwarded(String query, String target) throws IOException {
        var set = new HttpAction.Assign(new Assignment("args", Template.parse(query)));
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.rule(new HttpRule(Optional.empty(), List.of(set)))
                                .content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            client.get(target);
            return server.requests().getFirst().line();
        }
    }
}

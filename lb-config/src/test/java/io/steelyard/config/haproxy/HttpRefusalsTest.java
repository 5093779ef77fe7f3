package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.http.Condition;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.proxy.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of mode http about who is let in, what the others get, and who is served first. */
class HttpRefusalsTest {
    private static Configuration read(String lines) {
        var text =
                "listen l\n mode http\n bind 127.0.0.1:80\n timeout client 1m\n timeout connect 5s\n timeout server 1m\n"
                        + lines.indent(1) + " server a 10.0.0.1:80 maxconn 5 maxqueue 7\n";
        return Read.configuration(text);
    }

    private static List<HttpRule> rules(String lines) {
        var http = (Target.Http) read(lines).virtualServers().getFirst().target();
        return http.service().hosts().getFirst().root().rules();
    }

    @Test
    void whomAnAcceptLetsPassNoLaterRuleRejects() {
        var rules = rules("""
                tcp-request content reject if { src 10.0.0.1 }
                tcp-request content accept if { src 10.0.0.0/8 }
                tcp-request content reject
                """);
        assertThat(rules).hasSize(2);
        assertThat(rules.getFirst().condition()).containsInstanceOf(Condition.IsTrue.class);
        assertThat(rules.getLast().condition())
                .hasValueSatisfying(condition -> assertThat(condition)
                        .isInstanceOfSatisfying(
                                Condition.AllOf.class,
                                all -> assertThat(all.conditions())
                                        .singleElement()
                                        .isInstanceOf(Condition.Not.class)));
    }

    @Test
    void requestsWaitByPriority() {
        assertThat(rules("http-request set-priority-class int(3)\nhttp-request set-priority-offset hdr(x)"))
                .extracting(rule -> ((HttpAction.Prioritise) rule.actions().getFirst()).kind())
                .containsExactly(HttpAction.Prioritise.Kind.CLASS, HttpAction.Prioritise.Kind.OFFSET);
        assertThat(read("").pools().getFirst().servers().getFirst().maxQueued()).isEqualTo(7);
    }

    @Test
    void whoIsDeniedMayGetAWholeAnswerFromAFile(@TempDir Path folder) throws Exception {
        var file = Files.writeString(
                folder.resolve("403.http"), "HTTP/1.0 499 Go away\r\nX-Why: because\r\nContent-Length: 2\r\n\r\nno");
        assertThat(rules("http-request deny errorfile " + file))
                .singleElement()
                .satisfies(rule -> assertThat(rule.actions().getFirst())
                        .isInstanceOfSatisfying(HttpAction.Respond.class, answer -> {
                            assertThat(answer.status()).isEqualTo(499);
                            assertThat(answer.body().toString()).isEqualTo("no");
                            assertThat(answer.fields().toString()).contains("X-Why");
                        }));
    }
}

package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.http.CookieChange;
import io.steelyard.api.http.CookieChange.Attribute;
import io.steelyard.api.http.CookieChange.Flag;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.text.Template;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Cookies changed on the way to the client: as expected, and as the real nginx changes them. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class SetCookieTest {
    private static final List<CookieChange> CHANGES = List.of(
            rewrite(Attribute.DOMAIN, "localhost", "shop.example"),
            expression(Attribute.DOMAIN, "\\.([a-z]+)\\.inside$", "$1.outside"),
            rewrite(Attribute.PATH, "/two/", "/"),
            expression(Attribute.PATH, "^/user/([^/]+)", "/u/$1"),
            flags("one", Set.of(Flag.SECURE, Flag.SAME_SITE_STRICT), Set.of()),
            new CookieChange.Flags(
                    true, true, Template.literal("^s"), Set.of(Flag.HTTP_ONLY), Set.of(Flag.SECURE, Flag.SAME_SITE)));

    /** The same for nginx. */
    private static final String DIRECTIVES = """
            proxy_cookie_domain localhost shop.example;
            proxy_cookie_domain ~\\.([a-z]+)\\.inside$ $1.outside;
            proxy_cookie_path /two/ /;
            proxy_cookie_path ~^/user/([^/]+) /u/$1;
            proxy_cookie_flags one secure samesite=strict;
            proxy_cookie_flags ~^s httponly nosecure nosamesite;
            """;

    private static final List<String> SENT = List.of(
            "a=b",
            "a",
            "a=b; domain=localhost; Path=/two/more",
            "a=b; Domain=.LocalHost;path=/two",
            "a=b;Domain=a.app.inside;  Path=/user/joe/x",
            "a=b; domain=other; path=/Two/",
            "a=b; domain; path=",
            "one=1",
            "ONE=1; secure; samesite=STRICT",
            "one=1; SameSite=lax; HttpOnly",
            "one=1; Secure; Secure",
            "session=x; Secure; SameSite=None; secure",
            "Session=x; httponly; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
            "other=x;  Secure;Max-Age=3",
            "one=x=y; path=/two/; ",
            "=x; path=/two/z");

    @Test
    void cookiesAreChangedByTheFirstRuleThatMatches() throws IOException {
        var got = throughProxy();
        assertThat(got).startsWith("a=b", "a", "a=b; domain=shop.example; Path=/more");
        assertThat(got)
                .contains(
                        "a=b; Domain=app.outside; Path=/u/joe",
                        "one=1; Secure; SameSite=Strict",
                        "one=1; SameSite=Strict; HttpOnly; Secure",
                        "session=x; HttpOnly");
    }

    @Test
    void cookiesAreChangedAsByNginx(@TempDir Path folder) throws IOException {
        assumeTrue(RealProgram.hasNginx(), "needs the package nginx");
        try (var server = setting();
                var nginx = RealProgram.nginx(
                        folder, 1, ports -> """
                        http {
                            access_log off;
                            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                            uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                            server {
                                listen 127.0.0.1:%d;
                                location / {
                                    proxy_pass http://%s;
                                    %s
                                }
                            }
                        }
                        """.formatted(ports.getFirst(), server.address(), DIRECTIVES));
                var client = new RawClient(nginx.port(0))) {
            assertThat(throughProxy()).isEqualTo(cookies(client.get("/").head()));
        }
    }

    private static List<String> throughProxy() throws IOException {
        var content = HttpProxy.toPool("web");
        CHANGES.forEach(content::cookie);
        try (var server = setting();
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(content.build()));
                var client = proxy.client()) {
            return cookies(client.get("/").head());
        }
    }

    private static ScriptedServer setting() throws IOException {
        return new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: "
                    + String.join("\r\nSet-Cookie: ", SENT) + "\r\n\r\n");
            return true;
        });
    }

    private static List<String> cookies(String head) {
        return head.lines()
                .filter(line -> line.startsWith("Set-Cookie: "))
                .map(line -> line.substring("Set-Cookie: ".length()))
                .toList();
    }

    private static CookieChange rewrite(Attribute attribute, String from, String to) {
        return new CookieChange.Rewrite(attribute, false, false, Template.parse(from), Template.parse(to));
    }

    private static CookieChange expression(Attribute attribute, String from, String to) {
        return new CookieChange.Rewrite(attribute, true, false, Template.literal(from), Template.parse(to));
    }

    private static CookieChange flags(String name, Set<Flag> set, Set<Flag> cleared) {
        return new CookieChange.Flags(false, false, Template.parse(name), set, cleared);
    }
}

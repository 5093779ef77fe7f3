package io.steelyard.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.octet.Octets;
import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathRulesTest {
    @ParameterizedTest
    @CsvSource({
        "/,/",
        "/a,/a",
        "/a/,/a/",
        "//,/",
        "///a//b,/a/b",
        "/a/./b,/a/b",
        "/a/.,/a/",
        "/.,/",
        "/./,/",
        "/a/..,/",
        "/a/../,/",
        "/a/b/..,/a/",
        "/a/b/../c,/a/c",
        "/a/b/../../c,/c",
        "/a//../b,/b",
        "/.a,/.a",
        "/..a,/..a",
        "/a..,/a..",
        "/a.,/a.",
        "/...,/...",
        "/.../,/.../",
        "/%61,/a",
        "/a%2fb,/a/b",
        "/a/%2e/b,/a/b",
        "/a/%2e%2e/b,/b",
        "/a%2f%2e%2e%2fb,/b",
        "/a/.%2e,/",
        "/%2561,/%61",
        "/%3f,/?",
        "/%23,/#",
        "/.%3f,/.?",
        "/a%20b,/a b",
        "/a%2f,/a/",
        "/a%2f/b,/a/b",
        "/%5c,/\\",
    })
    void pathIsNormalisedAsNginxDoes(String path, String expected) {
        assertThat(normalized(path)).isEqualTo(expected);
    }

    /** What nginx has as $uri with merge_slashes off. */
    @ParameterizedTest
    @CsvSource({
        "/,/",
        "//,//",
        "///a//b,///a//b",
        "/a//../b,/a/b",
        "//../b,/b",
        "//..,/",
        "/a/b//..,/a/b/",
        "/a/./b,/a/b",
        "/a//./b,/a//b",
        "/.//a,//a",
        "/a%2f/b,/a//b",
        "/a/..//b,//b",
    })
    void slashesStayWhereTheyAreNotMerged(String path, String expected) {
        var head = new RequestHead();
        assertThat(apply(head, path, Leniency.of(Relaxation.ADJACENT_SLASHES))).isEqualTo(Violation.NONE);
        assertThat(head.normalPath()).isEqualTo(expected);
    }

    @Test
    void queryIsLeftAlone() {
        var head = head("/a/../b?x=/../%zz%00//");
        assertThat(head.normalPath()).isEqualTo("/b");
        assertThat(head.query()).isEqualTo("x=/../%zz%00//");
    }

    @Test
    void emptyQueryIsAQuery() {
        assertThat(head("/a?").hasQuery()).isTrue();
        assertThat(head("/a").hasQuery()).isFalse();
        assertThat(head("/a??b").query()).isEqualTo("?b");
    }

    @Test
    void onlyPathsThatAreNotNormalAreCopied() {
        assertThat(head("/a.b/c").isPathNormal()).isTrue();
        assertThat(head("/a/.b").isPathNormal()).isFalse();
        assertThat(head("/a/.b").normalPath()).isEqualTo("/a/.b");
    }

    @Test
    void dotSegmentsAreResolvedAsUrisDo() {
        var random = new Random(7);
        var pieces = new String[] {"/", "/", "a", "b", ".", "..", "/./", "/../", "/c"};
        for (int i = 0; i < 20_000; i++) {
            var path = new StringBuilder("/");
            for (int n = random.nextInt(10); n > 0; n--) {
                path.append(pieces[random.nextInt(pieces.length)]);
            }
            var merged = path.toString().replaceAll("/+", "/");
            var expected = URI.create("http://h" + merged).normalize().getRawPath();
            var head = new RequestHead();
            var violation = apply(head, path.toString());
            if (expected.startsWith("/..") && (expected.length() == 3 || expected.charAt(3) == '/')) {
                assertThat(violation).as(path.toString()).isEqualTo(Violation.PATH_ABOVE_ROOT);
            } else {
                assertThat(violation).as(path.toString()).isEqualTo(Violation.NONE);
                assertThat(head.normalPath()).as(path.toString()).isEqualTo(expected.isEmpty() ? "/" : expected);
            }
        }
    }

    private static String normalized(String path) {
        return head(path).normalPath();
    }

    private static RequestHead head(String target) {
        var head = new RequestHead();
        assertThat(apply(head, target)).isEqualTo(Violation.NONE);
        return head;
    }

    private static Violation apply(RequestHead head, String target) {
        return apply(head, target, Leniency.strict());
    }

    private static Violation apply(RequestHead head, String target, Leniency leniency) {
        head.begin(Method.GET, HttpVersion.HTTP_1_1);
        var bytes = Octets.bytes(target);
        int start = head.fields().append(bytes, 0, bytes.length);
        return TargetRules.apply(head, start, start + bytes.length, leniency);
    }
}

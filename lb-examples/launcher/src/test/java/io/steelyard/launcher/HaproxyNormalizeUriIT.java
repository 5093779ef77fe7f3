package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every normalizer of {@code normalize-uri}, and hashes with the client's address: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyNormalizeUriIT {
    private static final List<String> NORMALIZERS = List.of(
            "path-merge-slashes",
            "path-strip-dot",
            "path-strip-dotdot",
            "path-strip-dotdot full",
            "percent-decode-unreserved",
            "percent-decode-unreserved strict",
            "percent-to-uppercase",
            "percent-to-uppercase strict",
            "query-sort-by-name",
            "fragment-strip",
            "fragment-encode",
            "percent-to-uppercase strict if { path_beg /a }");

    /** None leads above the root, which we refuse before any rule, as we do those whose percent signs are wrong. */
    private static final List<String> TARGETS = List.of(
            "/",
            "//",
            "/a//b///c//",
            "//a?x=//y",
            "/a/%2f/",
            "/.",
            "/./",
            "/a/./b",
            "/a/.",
            "/./././",
            "/a/.b",
            "/a/b.",
            "/.?x=./",
            "/a/%2e/b",
            "/..././b",
            "/a/../b",
            "/a/b/../../c",
            "/a/..",
            "/a/b/..",
            "/a/..b",
            "/a/.../b",
            "/a/./../b",
            "/foo/../?a=/../",
            "/..a/../",
            "/a/b/../..",
            "/%41%7e%2d",
            "/%2f%41",
            "/a?%41=%61%2B",
            "/%zz",
            "/%4",
            "/%",
            "/a%zz",
            "/%30",
            "/%2f%c3%B6",
            "/x?%aa=%bb",
            "/%4%2f",
            "/a?%zz",
            "/?b=1&a=2",
            "/?b&a&c",
            "/?a=2&a=1&A=0",
            "/?",
            "/?b=&&a=",
            "/?b=1;a=2",
            "/?b=2&b=1&a",
            "/?ab=1&a=2",
            "/?a-b=1&a=2&a.=3",
            "/?=1&a",
            "/?%62=1&b=0&a");

    @TempDir
    private Path folder;

    @Test
    void targetsBecomeWhatHaproxyMakesOfThem() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        try (var pair = HaproxyPair.start(folder, NORMALIZERS.size(), (ports, own) -> configuration(ports))) {
            var theirs = answers(pair.theirs());
            var ours = answers(pair.ours());
            SoftAssertions.assertSoftly(softly -> theirs.forEach(
                    (call, answer) -> softly.assertThat(ours.get(call)).as(call).isEqualTo(answer)));
            assertThat(theirs.get("percent-decode-unreserved strict /%zz")).startsWith("HTTP/1.1 400");
            assertThat(theirs.get("path-strip-dotdot /a/b/../../c")).contains("[/c]");
        }
    }

    private static String configuration(List<Integer> ports) {
        var text = new StringBuilder("""
                global
                  nbthread 1
                  expose-experimental-directives
                defaults
                  mode http
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                """);
        for (int i = 0; i < ports.size(); i++) {
            text.append("frontend f").append(i).append("\n  bind 127.0.0.1:").append(ports.get(i));
            text.append("\n  http-request normalize-uri ").append(NORMALIZERS.get(i));
            text.append("\n  http-request return status 200 content-type text/plain lf-string"
                    + " \"[%[url]] %[base32+src,hex] %[url32+src,hex] %[url32] %[base32]\"\n");
        }
        return text.toString();
    }

    private static Map<String, String> answers(Side side) throws IOException {
        var found = new LinkedHashMap<String, String>();
        for (int i = 0; i < NORMALIZERS.size(); i++) {
            for (var target : TARGETS) {
                boolean isMalformed = target.matches(".*%(?![0-9A-Fa-f]{2}).*");
                if (isMalformed && !NORMALIZERS.get(i).endsWith("strict")) {
                    continue;
                }
                var answer = HaproxyStreamPeers.ask(
                        side.ports().get(i),
                        "GET " + target + " HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
                var lines = answer.lines().toList();
                var body = lines.isEmpty() || !lines.getFirst().contains("200") ? "" : " " + lines.getLast();
                found.put(NORMALIZERS.get(i) + " " + target, (lines.isEmpty() ? "" : lines.getFirst()) + body);
            }
        }
        return found;
    }
}

package io.steelyard.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Maps and files of patterns, changed while they are used, hashes, and variables in converters: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyMapIT {
    private static final List<String> EXPRESSIONS = List.of(
            "req.hdr(v),map(MAP,none)",
            "req.hdr(v),map_str(MAP)",
            "req.hdr(v),map_beg(MAP)",
            "req.hdr(v),map_sub(MAP,none)",
            "req.hdr(v),map_end(ENDS,none)",
            "req.hdr(v),map_dom(MAP,none)",
            "req.hdr(v),map_dir(MAP,none)",
            "req.hdr(v),map_reg(MAP,none)",
            "req.hdr(v),map_str_int(INT,7),add(1)",
            "req.hdr(v),map_ip(IP,none)",
            "req.hdr(v),length,map_int(NUM,none)",
            "req.hdr(v),crc32",
            "req.hdr(v),crc32c",
            "req.hdr(v),djb2",
            "req.hdr(v),djb2(1)",
            "req.hdr(v),sdbm",
            "req.hdr(v),sdbm(1)",
            "req.hdr(v),wt6",
            "req.hdr(v),wt6(1)",
            "req.hdr(v),crc32(1)",
            "req.hdr(v),length,add(txn.five),mul(txn.five),sub(txn.none)",
            "req.hdr(v),length,mul(txn.five)",
            "req.hdr(v),concat(<,txn.five,>)",
            "req.hdr(v),concat(<,txn.none,>),concat(!)");

    @TempDir
    private Path folder;

    private static String file(int port, Path own) throws IOException {
        Files.writeString(own.resolve("map"), """
                # a comment
                a.example   first
                a.ex        shorter
                b.example   with  spaces
                /dir        directory
                ^x+$        letters
                """);
        Files.writeString(own.resolve("ends"), "b.example tail\nexample end\n");
        Files.writeString(own.resolve("int"), "a.example 41\n");
        Files.writeString(own.resolve("ip"), "10.0.0.0/8 wide\n10.1.0.0/16 narrow\n2001:db8::/32 six\n");
        Files.writeString(own.resolve("num"), "1:3 few\n4 four\n");
        Files.writeString(own.resolve("list"), "denied\nforbidden\n");
        var rules = new StringBuilder();
        for (int i = 0; i < EXPRESSIONS.size(); i++) {
            var expression = EXPRESSIONS
                    .get(i)
                    .replace("MAP", own.resolve("map").toString())
                    .replace("ENDS", own.resolve("ends").toString())
                    .replace("INT", own.resolve("int").toString())
                    .replace("NUM", own.resolve("num").toString())
                    .replace("IP", own.resolve("ip").toString());
            rules.append('r').append(i).append(": %[").append(expression).append("]; ");
        }
        return """
                global
                  nbthread 1
                  stats socket %s level admin
                defaults
                  mode http
                  timeout client 60s
                  timeout connect 60s
                  timeout server 60s
                frontend f
                  bind 127.0.0.1:%d
                  http-request set-var(txn.five) int(5)
                  http-request deny if { req.hdr(v) -f %s }
                  http-request return status 200 content-type text/plain lf-string "%s"
                """.formatted(own.resolve("s"), port, own.resolve("list"), rules);
    }

    private static String ask(Side side, String value) throws IOException {
        var answer = HaproxyStreamPeers.ask(
                side.ports().getFirst(),
                ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nv: " + value + "\r\n\r\n").getBytes(ISO_8859_1));
        var text = new String(answer, ISO_8859_1);
        return text.substring(0, 12) + (text.contains(" 200 ") ? text.replaceAll("(?s)^.*\r\n\r\n", "") : "");
    }

    private static String command(Side side, String command) throws IOException {
        var text = command.replace("FOLDER", side.folder().toString());
        return CommandCall.ask(side, text)
                .replaceAll("(?m)^0x[0-9a-f]+", "0x")
                .replace(side.folder().toString(), "FOLDER");
    }

    @Test
    void mapsAndPatternsAreThoseOfHaproxyAndChangeWhileTheyAreUsed() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        var values = List.of(
                "a.example",
                "a.example.org",
                "b.example",
                "www.b.example",
                "/x/dir/y",
                "xxx",
                "10.1.2.3",
                "10.2.2.3",
                "2001:db8::1",
                "1234",
                "denied",
                "permitted",
                "new",
                "");
        var commands = List.of(
                "show map FOLDER/map",
                "show acl FOLDER/list",
                "get map FOLDER/int a.example",
                "get map FOLDER/int zz",
                "get map FOLDER/ip 10.1.0.1",
                "get acl FOLDER/list denied",
                "get acl FOLDER/list zz",
                "set map FOLDER/map a.example changed",
                "set map FOLDER/map zz changed",
                "set map FOLDER/map",
                "add map FOLDER/map new added",
                "add map FOLDER/map",
                "add map FOLDER/ip bad value",
                "add acl FOLDER/list permitted",
                "add acl nope x",
                "del acl FOLDER/list denied",
                "del acl FOLDER/list denied",
                "del map FOLDER/map b.example",
                "del map FOLDER/map #0xdead",
                "del map nope x",
                "clear map FOLDER/num",
                "clear acl",
                "show map FOLDER/map",
                "show acl FOLDER/list",
                "show map FOLDER/num");
        try (var pair = HaproxyPair.start(folder, 1, (ports, own) -> {
            try {
                return file(ports.getFirst(), own);
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        })) {
            same(pair, values);
            for (var command : commands) {
                assertThat(command(pair.ours(), command)).as(command).isEqualTo(command(pair.theirs(), command));
            }
            same(pair, values);
            assertThat(ask(pair.ours(), "a.example")).contains("r0: changed");
        }
    }

    private static void same(HaproxyPair pair, List<String> values) throws IOException {
        for (var value : values) {
            assertThat(ask(pair.ours(), value)).as(value).isEqualTo(ask(pair.theirs(), value));
        }
    }
}

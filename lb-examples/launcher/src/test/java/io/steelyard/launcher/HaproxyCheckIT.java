package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What checks send, and what they make of the same answers: HAProxy and ours on one file, each before servers of its own that follow the same
 * scripts.
 */
@Timeout(300)
class HaproxyCheckIT {
    private static final String HEALTH = "Health check for (backup )?server .*";

    /** HAProxy reports these twice, the second time without the text. */
    private static final Set<String> TOLD_TWICE = Set.of("mysql", "mysql-user", "mysql-old", "ldap");

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();

    /** What servers of a side heard on their first connection, by side and case. */
    private final Map<String, String> heard = new ConcurrentHashMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void isInstalled() {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
    }

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    /**
     * A backend and its server.
     *
     * @param lines of the backend, parted by {@code |}; {@code OTHER} is the port of a second server with the same script
     * @param script acts of a {@link ServerScript}, parted by {@code ;}
     */
    private record Case(String name, String lines, String script) {}

    private static List<Case> bytes() {
        var cases = new ArrayList<Case>();
        cases.add(new Case("plain", "", "_"));
        cases.add(new Case("connect", "option tcp-check|tcp-check connect", "_"));
        cases.add(new Case("none", "option tcp-check", "_"));
        cases.add(new Case("send", "option tcp-check|tcp-check send hello\\r\\n", "?;_"));
        cases.add(new Case(
                "string", "option tcp-check|tcp-check send PING\\r\\n|tcp-check expect string +PONG", "?;>+PONG~;_"));
        cases.add(new Case(
                "otherwise",
                "option tcp-check|tcp-check send a|tcp-check expect string +PONG comment pong",
                "?;>-ERR~"));
        cases.add(new Case("empty", "option tcp-check|tcp-check send a|tcp-check expect string +PONG", "?"));
        cases.add(new Case("reset", "option tcp-check|tcp-check send a|tcp-check expect string +PONG", "?;!"));
        cases.add(new Case(
                "late",
                "option tcp-check|timeout check 400ms|tcp-check send a|tcp-check expect string +PONG",
                "?;>+;_"));
        cases.add(new Case(
                "late-status",
                "option tcp-check|timeout check 400ms|tcp-check expect rstring x tout-status L4TOUT comment slow",
                "_"));
        cases.add(new Case("rstring", "option tcp-check|tcp-check expect rstring ^2[0-9]+", ">220 hi~;_"));
        cases.add(
                new Case("rstring-no", "option tcp-check|tcp-check expect rstring ^2[0-9]+ min-recv 3", ">421 no~;_"));
        cases.add(new Case(
                "binary",
                "option tcp-check|tcp-check send-binary 00ff41|tcp-check expect binary 0a0b",
                "?;>#0a0b0c;_"));
        cases.add(new Case("binary-no", "option tcp-check|tcp-check expect binary 0aff", ">#0a0b0c"));
        cases.add(new Case("rbinary", "option tcp-check|tcp-check expect rbinary ^0A0[BC]", ">#0a0c;_"));
        cases.add(new Case("rbinary-no", "option tcp-check|tcp-check expect rbinary ^0a", ">#0a0c"));
        cases.add(new Case(
                "not", "option tcp-check|tcp-check expect ! string bad|tcp-check expect string good", ">good;_"));
        cases.add(new Case("not-end", "option tcp-check|tcp-check expect ! string bad", ">good"));
        cases.add(new Case("not-so", "option tcp-check|tcp-check expect !rstring b.d", ">so bad;_"));
        cases.add(new Case(
                "several",
                "option tcp-check|tcp-check connect|tcp-check expect string one|tcp-check send two|tcp-check expect string three"
                        + "|tcp-check send four",
                ">one;?;>three;?;_"));
        cases.add(new Case(
                "again",
                "option tcp-check|tcp-check connect|tcp-check send a|tcp-check expect string b|tcp-check connect port OTHER"
                        + "|tcp-check send c|tcp-check expect string d",
                "?;>b;_"));
        cases.add(new Case(
                "commented",
                "option tcp-check|tcp-check comment first|tcp-check connect|tcp-check comment second|tcp-check send a"
                        + "|tcp-check comment third|tcp-check expect string b",
                "?;>no"));
        cases.add(new Case(
                "texts",
                "option tcp-check|tcp-check expect string b on-success fine on-error worse error-status L7STS",
                ">no"));
        cases.add(new Case(
                "texts-ok", "option tcp-check|tcp-check expect string b on-success fine ok-status L6OK", ">b;_"));
        cases.add(new Case("proxy", "option tcp-check|tcp-check connect send-proxy|tcp-check send a", "?;_"));
        cases.add(new Case("refused", "option tcp-check|tcp-check connect port REFUSED", "_"));
        cases.add(new Case("tls", "option tcp-check|tcp-check connect ssl", ">hello~;_"));
        return cases;
    }

    private static List<Case> requests() {
        var cases = new ArrayList<Case>();
        var ok = "?;>HTTP/1.1 200 Fine~Content-Length: 5~X-One: a, b~~hello;_";
        cases.add(new Case("options", "option httpchk", ok));
        cases.add(new Case("path", "option httpchk /x?y", ok));
        cases.add(new Case("head", "option httpchk HEAD /h HTTP/1.1", ok));
        cases.add(new Case(
                "send",
                "option httpchk GET /a|http-check send meth PUT uri /e ver HTTP/1.1 hdr Host z hdr X-Y \"a b\" body data",
                ok));
        cases.add(new Case("post", "option httpchk POST /a HTTP/1.1", ok));
        cases.add(new Case("delete", "option httpchk DELETE /a HTTP/1.1", ok));
        cases.add(new Case("other", "option httpchk FOO /a", ok));
        cases.add(new Case("body-1.0", "option httpchk|http-check send body data", ok));
        cases.add(new Case("status", "option httpchk|http-check expect status 201,300-399", ok));
        cases.add(new Case("not-status", "option httpchk|http-check expect ! status 500", ok));
        cases.add(new Case("rstatus", "option httpchk|http-check expect rstatus ^2", ok));
        cases.add(new Case("rstatus-no", "option httpchk|http-check expect !rstatus ^2", ok));
        cases.add(new Case("string", "option httpchk|http-check expect string ell", ok));
        cases.add(new Case("string-no", "option httpchk|http-check expect string elk comment body", ok));
        cases.add(new Case("not-string", "option httpchk|http-check expect ! string ell", ok));
        cases.add(new Case("rstring", "option httpchk|http-check expect rstring ^h.*o$", ok));
        cases.add(new Case("hdr", "option httpchk|http-check expect hdr name X-one value b", ok));
        cases.add(new Case("hdr-no", "option httpchk|http-check expect hdr name x-one value c", ok));
        cases.add(new Case("fhdr", "option httpchk|http-check expect fhdr name -m beg x-o value -m sub \"a, b\"", ok));
        cases.add(new Case("fhdr-no", "option httpchk|http-check expect fhdr name x-one value b", ok));
        cases.add(new Case("hdr-reg", "option httpchk|http-check expect hdr name -m reg ^CONT value -m reg ^5$", ok));
        cases.add(new Case("hdr-any", "option httpchk|http-check expect ! hdr name x-two", ok));
        cases.add(new Case(
                "two",
                "option httpchk|http-check expect status 200|http-check expect string hello|http-check expect hdr name x-one",
                ok));
        cases.add(
                new Case("texts", "option httpchk|http-check expect status 500 on-error wrong error-status L7RSP", ok));
        cases.add(new Case(
                "texts-ok", "option httpchk|http-check expect status 200 on-success right ok-status L6OK", ok));
        cases.add(new Case("500", "option httpchk", "?;>HTTP/1.1 500 Broken Thing~Content-Length: 0~~"));
        cases.add(new Case("no-phrase", "option httpchk", "?;>HTTP/1.1 500~Content-Length: 0~~"));
        cases.add(new Case(
                "no-body", "option httpchk|http-check expect string a", "?;>HTTP/1.1 200 OK~Content-Length: 0~~"));
        cases.add(new Case(
                "chunked",
                "option httpchk GET /|http-check expect string hello",
                "?;>HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~hel~2~lo~0~~;_"));
        cases.add(new Case(
                "to-the-end", "option httpchk GET /|http-check expect string hello", "?;>HTTP/1.1 200 OK~~say hello"));
        cases.add(new Case("junk", "option httpchk", "?;>hello world, this is no HTTP~"));
        cases.add(new Case("empty", "option httpchk", "?"));
        cases.add(new Case("reset", "option httpchk", "?;!"));
        cases.add(new Case("late", "option httpchk|timeout check 400ms", "?;>HTTP/1.1 200 OK~;_"));
        cases.add(new Case(
                "connects",
                "option httpchk GET /one|http-check connect|http-check send hdr A b|http-check expect status 200|http-check connect port OTHER"
                        + "|http-check send uri /two|http-check expect status 200",
                ok));
        cases.add(new Case(
                "drains", "option httpchk|http-check disable-on-404", "?;>HTTP/1.1 404 Not There~Content-Length: 0~~"));
        cases.add(new Case("drains-not", "option httpchk|http-check disable-on-404|http-check expect status 200", ok));
        cases.add(new Case("state", "option httpchk|http-check send-state", ok));
        cases.add(new Case(
                "state-1.1", "option httpchk GET / HTTP/1.1|http-check send-state|http-check send hdr Host h", ok));
        cases.add(new Case("refused", "option httpchk|http-check connect port REFUSED", "_"));
        return cases;
    }

    private static List<Case> protocols() {
        var cases = new ArrayList<Case>();
        cases.add(new Case("redis", "option redis-check", "?;>+PONG~;_"));
        cases.add(new Case("redis-no", "option redis-check", "?;>-NOAUTH Authentication required.~"));
        cases.add(new Case("redis-empty", "option redis-check", "?"));
        cases.add(new Case("smtp", "option smtpchk", ">220 mx ready~;?;>250 pleased~;?;>221 bye~;_"));
        cases.add(new Case(
                "smtp-ehlo", "option smtpchk EHLO a.example", ">220 mx ready~;?;>250-mx~250 SIZE~;?;>221 bye~;_"));
        cases.add(new Case(
                "smtp-other", "option smtpchk NOOP a.example", ">220 mx ready~;?;>250 pleased~;?;>221 bye~;_"));
        cases.add(new Case("smtp-not-bye", "option smtpchk", ">220 mx ready~;?;>250 pleased~;?;>500 stay~;_"));
        cases.add(new Case("smtp-no", "option smtpchk", ">554 go away~;_"));
        cases.add(new Case("smtp-junk", "option smtpchk", ">hello there~;_"));
        cases.add(new Case("smtp-not-you", "option smtpchk", ">220 mx~;?;>501 who are you~"));
        var greeting = ">#100000000a382e302e3000010000000102030400;";
        cases.add(new Case("mysql", "option mysql-check", greeting + "_"));
        cases.add(
                new Case("mysql-user", "option mysql-check user joe", "?;" + greeting + ">#0700000200000002000000;_"));
        cases.add(new Case(
                "mysql-old", "option mysql-check user joe pre-41", "?;" + greeting + ">#0700000200000002000000;_"));
        cases.add(new Case(
                "mysql-denied",
                "option mysql-check user joe post-41",
                "?;" + greeting + ">#0f000002ff150423323830303044656e696564;_"));
        cases.add(new Case("mysql-blocked", "option mysql-check", ">#0a000000ff6a04626c6f636b6564;_"));
        cases.add(new Case("mysql-short", "option mysql-check", ">#0f00"));
        cases.add(new Case("pgsql", "option pgsql-check user joe", "?;>#520000000800000000;_"));
        cases.add(new Case("pgsql-md5", "option pgsql-check user joe", "?;>#520000000c0000000501020304;_"));
        cases.add(new Case(
                "pgsql-no", "option pgsql-check user joe", "?;>#450000000e53464154414c00433238303030000000;_"));
        cases.add(new Case("pgsql-other", "option pgsql-check user joe", "?;>#5300000008000000000a;_"));
        cases.add(new Case("ldap", "option ldap-check", "?;>#300c02010161070a010004000400;_"));
        cases.add(new Case("ldap-busy", "option ldap-check", "?;>#300c02010161070a013304000400;_"));
        cases.add(new Case("ldap-junk", "option ldap-check", "?;>#484848484848484848484848484848;_"));
        cases.add(new Case("ldap-other", "option ldap-check", "?;>#300c02010262070a010004000400;_"));
        cases.add(new Case("hello", "option ssl-hello-chk", "?;>#15030000020228;_"));
        cases.add(new Case("hello-no", "option ssl-hello-chk", "?;>HTTP/1.0 400 Bad~~;_"));
        cases.add(new Case("hello-empty", "option ssl-hello-chk", "?"));
        cases.add(new Case("hello-late", "option ssl-hello-chk|timeout check 400ms", "?;_"));
        return cases;
    }

    @Test
    void bytesAreSentAndJudgedAsByHaproxy() throws Exception {
        compare(bytes());
    }

    @Test
    void requestsAreSentAndAnswersJudgedAsByHaproxy() throws Exception {
        compare(requests());
    }

    @Test
    void protocolsAreSpokenAsByHaproxy() throws Exception {
        compare(protocols());
    }

    // ---- both on one file

    private void compare(List<Case> cases) throws Exception {
        var logs = Map.of("theirs", peers.log(), "ours", peers.log());
        int refusing = peers.refusing();
        var ports = new TreeMap<String, List<Integer>>();
        for (var side : List.of("theirs", "ours")) {
            for (var one : cases) {
                ports.put(
                        side + " " + one.name(),
                        List.of(server(side + " " + one.name(), one), server(side + " other " + one.name(), one)));
            }
        }
        try (var pair = HaproxyPair.start(folder, 1, (listening, own) -> {
            var side = own.getFileName().toString();
            var text = new StringBuilder(head(own, logs.get(side).getLocalPort(), listening.getFirst()));
            for (var one : cases) {
                var own2 = ports.get(side + " " + one.name());
                text.append("backend ").append(one.name()).append('\n');
                for (var line : one.lines().split("\\|")) {
                    text.append("  ")
                            .append(line.replace("OTHER", own2.getLast().toString())
                                    .replace("REFUSED", Integer.toString(refusing)))
                            .append('\n');
                }
                text.append("  server s 127.0.0.1:")
                        .append(own2.getFirst())
                        .append(one.lines().contains("connect ssl") ? " check verify none\n" : " check\n");
            }
            return text.toString();
        })) {
            var softly = new SoftAssertions();
            var theirs = facts(pair.theirs(), "theirs", cases, logs.get("theirs"));
            var ours = facts(pair.ours(), "ours", cases, logs.get("ours"));
            for (var one : cases) {
                softly.assertThat(ours.get(one.name()))
                        .as(one.name() + ": " + one.lines())
                        .isEqualTo(theirs.get(one.name()));
            }
            softly.assertAll();
            assertThat(theirs.values().stream().flatMap(List::stream))
                    .as("the scripts reach what they are for")
                    .anyMatch(is("L7OK"))
                    .anyMatch(is("L7RSP"));
        }
    }

    private static Predicate<String> is(String word) {
        return fact -> fact.contains(word);
    }

    private static String head(Path own, int log, int port) {
        return """
                global
                  nbthread 1
                  max-spread-checks 50
                  log 127.0.0.1:%d local0 info
                  stats socket %s level admin
                defaults
                  mode http
                  log global
                  option log-health-checks
                  timeout client 1m
                  timeout connect 20s
                  timeout server 1m
                  timeout check 20s
                  default-server inter 5s fastinter 5s downinter 5s rise 1 fall 1
                listen unused
                  bind 127.0.0.1:%d
                """.formatted(log, own.resolve("s"), port);
    }

    /** What a side tells of each case: the numbers of show stat, the first line of the log, and what its server heard first. */
    private Map<String, List<String>> facts(Side side, String name, List<Case> cases, DatagramSocket log)
            throws IOException {
        var lines = new LinkedHashMap<String, String>();
        while (lines.size() < cases.size()) {
            var line = HaproxyStreamPeers.next(log, HEALTH).replaceAll("check duration: \\d+ms", "check duration: Nms");
            lines.putIfAbsent(line.replaceFirst("^.*?server ([^/]+)/.*", "$1"), line);
        }
        var rows =
                StatisticsRows.atRest(side, "s", cases.stream().map(Case::name).toList());
        var facts = new TreeMap<String, List<String>>();
        for (var one : cases) {
            var row = rows.get(one.name());
            facts.put(
                    one.name(),
                    List.of(
                            row.get(17),
                            row.get(36),
                            row.get(37),
                            TOLD_TWICE.contains(one.name()) ? "" : row.get(56),
                            row.get(65),
                            String.valueOf(lines.get(one.name())),
                            known(heard.getOrDefault(name + " " + one.name(), "")),
                            known(heard.getOrDefault(name + " other " + one.name(), ""))));
        }
        return facts;
    }

    /** What was heard, without what depends on the moment and on the side's ports. */
    private static String known(String told) {
        return told.replaceFirst("port=\\d+", "port=N")
                .replaceFirst("^(PROXY TCP4 127.0.0.1 127.0.0.1) \\d+ \\d+", "$1 N N")
                .replaceFirst("(?s)^(\\x16\\x03\\x00\\x00y\\x01\\x00\\x00u\\x03\\x00)....", "$1TIME")
                .replaceFirst("(?s)^\\x16\\x03[\\x01\\x03].*", "a hello of TLS");
    }

    // ---- servers

    private int server(String name, Case one) throws IOException {
        return peers.server(client -> {
            var all = new StringBuilder();
            try {
                for (var act : one.script().split(";")) {
                    ServerScript.perform(act, client, all);
                }
            } finally {
                heard.putIfAbsent(name, all.toString());
            }
        });
    }
}

package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Statistics with types, as lines and as JSON: each field that we tell is one of HAProxy's, at its place, with its tags and its type. The addresses of
 * frontends we tell beyond that, where HAProxy has them of servers alone.
 */
@Timeout(300)
class HaproxyTypedStatisticsIT {
    private static final Pattern OBJECT = Pattern.compile("\\{(?:\"objType\":\"(\\w+)\".*?,\"id\":(\\d+),)?"
            + "\"field\":\\{\"pos\":(\\d+),\"name\":\"(\\w+)\"},\"processNum\":1,"
            + "\"tags\":\\{\"origin\":\"(\\w+)\",\"nature\":\"(\\w+)\",\"scope\":\"(\\w+)\"},"
            + "\"value\":\\{\"type\":\"(\\w+)\",\"value\":(?:\"[^\"]*\"|-?\\d+)}}");

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();
    private HaproxyPair pair;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        int server = peers.server(HaproxyStreamPeers.silent());
        pair = HaproxyPair.start(folder, 1, (ports, own) -> """
                global
                  nbthread 1
                  maxconn 100
                  stats socket %s level admin
                defaults
                  mode http
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                listen web
                  bind 127.0.0.1:%d
                  cookie C insert
                  server s 127.0.0.1:%d check weight 3 maxconn 9 maxqueue 7 cookie x
                """.formatted(own.resolve("s"), ports.getFirst(), server));
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
        }
        peers.close();
    }

    /** Lines without their values and without the numbers of proxies. */
    private static TreeSet<String> lines(String answer) {
        return answer.lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.replaceFirst("^([FBS])\\.\\d+\\.", "$1.").replaceFirst("^((?:[^:]*:){3}).*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static TreeSet<String> objects(String answer) {
        return OBJECT.matcher(answer)
                .results()
                .map(found -> found.group(1) + found.group(2) + " " + found.group(3) + " " + found.group(4) + " "
                        + found.group(5) + found.group(6) + found.group(7) + " " + found.group(8))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void linesAreHaproxys() throws Exception {
        for (var command : new String[] {"show info typed", "show stat typed"}) {
            var theirs = lines(CommandCall.ask(pair.theirs(), command));
            var ours = lines(CommandCall.ask(pair.ours(), command));
            ours.remove("F.0.73.addr.1:CGS:str:");
            assertThat(theirs).as(command).containsAll(ours);
            assertThat(ours).hasSizeGreaterThan(15);
        }
        assertThat(lines(CommandCall.ask(pair.ours(), "show stat typed")))
                .contains("F.0.0.pxname.1:KNS:str:", "S.1.18.weight.1:MaP:u32:", "B.0.19.act.1:MGP:u32:");
    }

    @Test
    void jsonIsHaproxys() throws Exception {
        for (var command : new String[] {"show info json", "show stat json"}) {
            var answer = CommandCall.ask(pair.ours(), command);
            assertThat(answer).startsWith("[").endsWith("]\n\n");
            var ours = objects(answer);
            assertThat(OBJECT.matcher(answer).replaceAll("").replaceAll("[\\[\\],\\s]", ""))
                    .as("nothing else")
                    .isEmpty();
            ours.remove("Frontend0 73 addr ConfigGaugeService str");
            assertThat(objects(CommandCall.ask(pair.theirs(), command)))
                    .as(command)
                    .containsAll(ours);
            assertThat(ours).hasSizeGreaterThan(15);
        }
    }
}

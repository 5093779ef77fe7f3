package io.steelyard.admin.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import io.steelyard.api.Status.ListenerStatus;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.Traffic;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsCsvTest {
    private static final Configuration CONFIGURATION = Configuration.builder()
            .virtualServer(
                    VirtualServer.tcp("fe").listen("127.0.0.1:80").pool("be").build())
            .virtualServer(VirtualServer.tcp("both")
                    .listen("127.0.0.1:81")
                    .pool("both")
                    .build())
            .pool(ServerPool.builder("be")
                    .healthCheck(HealthCheckSpec.builder("http").build())
                    .server(RealServer.builder("s1", ServerAddress.parse("127.0.0.1:9001"))
                            .weight(3)
                            .maxConnections(7)
                            .build())
                    .server(RealServer.builder("s2", ServerAddress.parse("127.0.0.1:9002"))
                            .backup()
                            .build())
                    .build())
            .pool(ServerPool.builder("both")
                    .server(RealServer.builder("a,\"b\"", ServerAddress.parse("127.0.0.1:9003"))
                            .build())
                    .build())
            .build();

    private static final Status STATUS = new Status(
            List.of(
                    new PoolStatus(
                            "be",
                            "haproxy.roundrobin",
                            4,
                            2,
                            0,
                            List.of(
                                    server("s1", 3, 0, AdminState.ENABLED, HealthState.UP, "status 200", 5, 100, 1),
                                    server("s2", 1, 1, AdminState.ENABLED, HealthState.DOWN, "status 503", 0, 9, 3))),
                    new PoolStatus(
                            "both",
                            "p2c",
                            0,
                            0,
                            0,
                            List.of(server("a,\"b\"", 1, 0, AdminState.DISABLED, HealthState.UP, "", 0, 0, 0)))),
            List.of(
                    new ListenerStatus("fe", "be", List.of("127.0.0.1:80"), 6, 110, 1),
                    new ListenerStatus("both", "both", List.of("127.0.0.1:81"), 0, 0, 0)));

    private static ServerStatus server(
            String id,
            int weight,
            int tier,
            AdminState admin,
            HealthState health,
            String reason,
            int active,
            long served,
            long failures) {
        int most = 7;
        return new ServerStatus(
                id,
                "127.0.0.1:9",
                weight,
                tier,
                admin,
                health,
                reason,
                active,
                served,
                failures,
                0,
                Traffic.NONE,
                most);
    }

    private static List<String> lines() {
        return StatisticsCsv.csv(CONFIGURATION, STATUS).lines().toList();
    }

    private static String value(String line, String column) {
        var cells = line.split(",", -1);
        return cells[
                IntStream.range(0, StatisticsCsv.COLUMNS.size())
                        .filter(i -> StatisticsCsv.COLUMNS.get(i).equals(column))
                        .findFirst()
                        .orElseThrow()];
    }

    @Test
    void columnsAreThoseOfHaproxyInItsOrder() {
        var header = lines().getFirst();
        assertThat(header)
                .startsWith("# pxname,svname,qcur,qmax,scur,smax,slim,stot,")
                .endsWith(",");
        assertThat(StatisticsCsv.COLUMNS.indexOf("status")).isEqualTo(17);
        assertThat(StatisticsCsv.COLUMNS.indexOf("check_status")).isEqualTo(36);
        assertThat(StatisticsCsv.COLUMNS.indexOf("addr")).isEqualTo(73);
        assertThat(StatisticsCsv.COLUMNS.indexOf("agg_check_status")).isEqualTo(102);
    }

    @Test
    void aProxyIsItsFrontendItsServersAndItsBackend() {
        assertThat(lines().stream().skip(1).map(line -> String.join(" ", Arrays.copyOf(line.split(","), 2))))
                .containsExactly(
                        "fe FRONTEND", "both FRONTEND", "both \"a", "both BACKEND", "be s1", "be s2", "be BACKEND");
    }

    @Test
    void everyRowHasAsManyCellsAsThereAreColumns() {
        assertThat(lines())
                .filteredOn(line -> !line.contains("\""))
                .hasSize(7)
                .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(StatisticsCsv.COLUMNS.size() + 1));
    }

    @Test
    void aServerTellsItsCountersItsStateAndItsLastCheck() {
        var s1 = lines().get(5);
        assertThat(value(s1, "scur")).isEqualTo("5");
        assertThat(value(s1, "slim")).isEqualTo("7");
        assertThat(value(s1, "stot")).isEqualTo("100");
        assertThat(value(s1, "econ")).isEqualTo("1");
        assertThat(value(s1, "status")).isEqualTo("UP");
        assertThat(value(s1, "weight")).isEqualTo("3");
        assertThat(value(s1, "type")).isEqualTo("2");
        assertThat(value(s1, "check_status")).isEqualTo("L7OK");
        var s2 = lines().get(6);
        assertThat(value(s2, "status")).isEqualTo("DOWN");
        assertThat(value(s2, "bck")).isEqualTo("1");
        assertThat(value(s2, "check_status")).isEqualTo("L7STS");
        assertThat(value(s2, "check_desc")).isEqualTo("Layer7 wrong status");
    }

    @Test
    void aBackendAddsUpWhatServes() {
        var backend = lines().get(7);
        assertThat(value(backend, "status")).isEqualTo("UP");
        assertThat(value(backend, "weight")).isEqualTo("3");
        assertThat(value(backend, "act")).isEqualTo("1");
        assertThat(value(backend, "bck")).isEqualTo("0");
        assertThat(value(backend, "stot")).isEqualTo("109");
        assertThat(value(backend, "qcur")).isEqualTo("4");
        assertThat(value(backend, "wretr")).isEqualTo("2");
        assertThat(value(backend, "algo")).isEqualTo("roundrobin");
        assertThat(value(lines().get(4), "status")).isEqualTo("DOWN");
    }

    @Test
    void whatIsNotKnownIsEmptyAndNotZero() {
        assertThat(value(lines().get(5), "dreq")).isEmpty();
        assertThat(value(lines().get(1), "ereq")).isEmpty();
    }

    @Test
    void cellsWithCommasAndQuotesAreQuoted() {
        assertThat(lines().get(3)).startsWith("both,\"a,\"\"b\"\"\",").contains(",MAINT,");
    }
}

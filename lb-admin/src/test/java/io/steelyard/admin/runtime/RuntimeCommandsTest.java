package io.steelyard.admin.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.Steelyard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The replies quoted here are those of HAProxy 2.6.12 to the same commands. */
class RuntimeCommandsTest {
    private LoadBalancer balancer;
    private RuntimeCommands commands;

    @BeforeEach
    void start() {
        var pool = ServerPool.builder("be")
                .scheduler("haproxy.roundrobin")
                .server(server("s1", "127.0.0.1:9001", 4))
                .server(server("s2", "127.0.0.1:9002", 3))
                .build();
        balancer = Steelyard.builder()
                .plugins(Plugins.installed())
                .start(Configuration.builder().pool(pool).build());
        commands = new RuntimeCommands(balancer, new Identity("HAProxy", "2.6.12-test", "node1", 42), () -> 0L);
    }

    private static RealServer server(String name, String address, int weight) {
        return RealServer.builder(name, ServerAddress.parse(address))
                .weight(weight)
                .build();
    }

    @AfterEach
    void stop() {
        balancer.close();
    }

    private String ask(String line) {
        return commands.executeLine(line, Level.ADMIN);
    }

    private AdminState state(String server) {
        return balancer.status().pools().getFirst().servers().stream()
                .filter(one -> one.id().equals(server))
                .findFirst()
                .orElseThrow()
                .adminState();
    }

    private RealServer configured(String server) {
        return balancer.configuration().pool("be").orElseThrow().servers().stream()
                .filter(one -> one.id().equals(server))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    show version                            | 2.6.12-test\\n\\n
                    show version;show version               | 2.6.12-test\\n\\n2.6.12-test\\n\\n
                    get weight be/s1                        | 4 (initial 4)\\n\\n
                    get weight be                           | Require 'backend/server'.\\n\\n
                    get weight x/y                          | No such backend.\\n\\n
                    set server be/s9 state drain            | No such server.\\n\\n
                    set server be/s1 state foo              | 'set server <srv> state' expects 'ready', 'drain' and 'maint'.\\n\\n
                    set server be                           | Require 'backend/server'.\\n\\n
                    set weight be/s1 300                    | Absolute weight can only be between 0 and 256 inclusive.\\n\\n
                    set server be/s1 fqdn foo               | set server <b>/<s> fqdn failed because no resolution is configured.\\n\\n
                    set server be/s1 addr 127.0.0.1 port 81 | no need to change the addr, port changed from '9001' to '81' by 'stats socket command'\\n\\n
                    disable server be/zz                    | No such server.\\n\\n
                    clear table x                           | No such table\\n\\n
                    clear counters                          | \\n
                    show map bogus                          | Unknown map identifier. Please use #<id> or <file>.\\n\\n
                    show backend                            | # name\\nbe\\n\\n
                    del server be/s1                        | Only servers in maintenance mode can be deleted.\\n\\n
                    """)
    void repliesAreThoseOfHaproxy(String command, String reply) {
        assertThat(ask(command)).isEqualTo(reply.replace("\\n", "\n"));
    }

    @Test
    void anUnknownCommandIsToldWithAllThereAre() {
        assertThat(ask("bogus"))
                .startsWith("Unknown command. Please enter one of the following commands only:\n")
                .contains("  show stat ")
                .endsWith("\n\n");
        assertThat(ask("")).startsWith("Unknown command.");
    }

    @Test
    void aWeightIsSetAbsolutelyOrAsAShareOfTheInitialOne() {
        assertThat(ask("set weight be/s1 50%")).isEqualTo("\n");
        assertThat(ask("get weight be/s1")).isEqualTo("2 (initial 4)\n\n");
        assertThat(ask("set server be/s1 weight 7")).isEqualTo("\n");
        assertThat(ask("get weight be/s1")).isEqualTo("7 (initial 4)\n\n");
        assertThat(balancer.status().pools().getFirst().servers().getFirst().weight())
                .isEqualTo(7);
        commands.onReload();
        assertThat(ask("get weight be/s1")).isEqualTo("7 (initial 7)\n\n");
    }

    @Test
    void statesAreSetAndShown() {
        assertThat(ask("set server be/s1 state drain")).isEqualTo("\n");
        assertThat(state("s1")).isEqualTo(AdminState.DRAINING);
        assertThat(ask("disable server be/s2")).isEqualTo("\n");
        assertThat(state("s2")).isEqualTo(AdminState.DISABLED);
        assertThat(ask("show servers state").lines().skip(2))
                .containsExactly(
                        "2 be 1 s1 127.0.0.1 2 8 4 4 - 1 0 2 0 0 0 0 - 9001 - 0 0 - - 0",
                        "2 be 2 s2 127.0.0.1 0 1 3 3 - 1 0 2 0 0 0 0 - 9002 - 0 0 - - 0",
                        "");
        assertThat(ask("enable server be/s2; set server be/s1 state ready")).isEqualTo("\n\n");
        assertThat(state("s1")).isEqualTo(AdminState.ENABLED);
        assertThat(state("s2")).isEqualTo(AdminState.ENABLED);
    }

    @Test
    void anAddressIsChangedAndTheWeightStays() {
        assertThat(ask("set server be/s1 addr 127.0.0.9 port 9009"))
                .isEqualTo("IP changed from '127.0.0.1' to '127.0.0.9', port changed from '9001' to '9009'"
                        + " by 'stats socket command'\n\n");
        assertThat(configured("s1").address().text()).isEqualTo("127.0.0.9:9009");
        assertThat(configured("s1").weight()).isEqualTo(4);
    }

    @Test
    void aServerIsAddedInMaintenanceAndRemovedOnlyThere() {
        assertThat(ask("add server be/s3 127.0.0.1:9003 weight 9 maxconn 5")).isEqualTo("New server registered.\n\n");
        assertThat(state("s3")).isEqualTo(AdminState.DISABLED);
        assertThat(configured("s3").weight()).isEqualTo(9);
        assertThat(configured("s3").maxConnections()).isEqualTo(5);
        assertThat(ask("enable server be/s3")).isEqualTo("\n");
        assertThat(ask("del server be/s3")).startsWith("Only servers in maintenance mode");
        assertThat(ask("disable server be/s3; set server be/s3 name t3")).isEqualTo("\n\n");
        assertThat(ask("del server be/t3")).isEqualTo("Server deleted.\n\n");
        assertThat(balancer.configuration().pool("be").orElseThrow().servers()).hasSize(2);
        assertThat(ask("add server be/s4 127.0.0.1:9 bogus")).startsWith("'bogus' : unknown");
    }

    @Test
    void limitsAreSet() {
        assertThat(ask("set maxconn server be/s1 12; set maxconn global 99")).isEqualTo("\n\n");
        assertThat(configured("s1").maxConnections()).isEqualTo(12);
        assertThat(balancer.configuration().settings().maxConnections()).isEqualTo(99);
        assertThat(ask("set maxconn server be/s1 x")).isEqualTo("maxconn string empty or preceded by garbage\n\n");
    }

    @Test
    void aLevelMayOnlyWhatItMay() {
        assertThat(commands.executeLine("set weight be/s1 1", Level.OPERATOR)).isEqualTo("Permission denied\n\n");
        assertThat(commands.executeLine("show errors", Level.USER)).isEqualTo("Permission denied\n\n");
        assertThat(commands.executeLine("clear counters all", Level.OPERATOR)).isEqualTo("Permission denied\n\n");
        assertThat(commands.executeLine("show stat", Level.USER)).startsWith("# pxname,");
        assertThat(configured("s1").weight()).isEqualTo(4);
    }

    @Test
    void statisticsAreChosenByProxyKindAndServer() {
        assertThat(ask("show stat").lines()).hasSize(5);
        assertThat(ask("show stat -1 2 -1").lines().skip(1)).first().asString().startsWith("be,BACKEND,");
        assertThat(ask("show stat be 4 2").lines().skip(1)).first().asString().startsWith("be,s2,");
        assertThat(ask("show stat x 4 2")).startsWith("'x' is neither");
    }

    @Test
    void informationIsLinesOfNameAndValue() {
        assertThat(ask("show info"))
                .contains("Name: HAProxy\nVersion: 2.6.12-test\n", "\nPid: 42\n", "\nnode: node1\n")
                .endsWith("\n\n");
    }

    @Test
    void clearedCountersBeginAtNothingAgain() {
        var lease = balancer.balancer("be").orElseThrow().newLease();
        balancer.balancer("be").orElseThrow().pick(new Flow(), lease);
        assertThat(ask("show stat be 2 0")).contains("be,BACKEND,0,0,1,,,1,");
        ask("clear counters all");
        assertThat(ask("show stat be 2 0")).contains("be,BACKEND,0,0,1,,,0,");
        lease.completed();
    }
}

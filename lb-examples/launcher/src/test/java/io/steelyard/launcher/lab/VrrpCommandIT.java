package io.steelyard.launcher.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.launcher.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a running balancer says of its virtual routers. */
@EnabledIf("isRoot")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class VrrpCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private LabNetwork network;
    private LabNode one;
    private LabNode two;

    static boolean isRoot() {
        return SeedKeepalivedIT.isRoot();
    }

    @BeforeEach
    void start() throws IOException {
        network = LabNetwork.create();
        network.plugIn("one", "eth0", "10.9.0.1/24");
        network.plugIn("two", "eth0", "10.9.0.2/24");
        one = run("one", 150);
        two = run("two", 100);
        // The socket's file is there an instant before the socket is listened on.
        await().atMost(LIMIT)
                .ignoreException(IOException.class)
                .until(() ->
                        status("one").contains("ACTIVE for") && status("two").contains("BACKUP for"));
    }

    @AfterEach
    void end() throws InterruptedException {
        one.terminate();
        two.terminate();
        network.close();
    }

    @Test
    void statusExplainsStatePriorityAndWhoIsHeard() throws IOException {
        assertThat(status("one"))
                .startsWith("ok\nvirtual router web, id 51 on eth0\n")
                .contains("priority   150 + 4 (self) = 154")
                .contains("address    10.9.0.100/24 is here")
                .contains("active     this machine");
        assertThat(status("two"))
                .contains("priority   100 + 4 (self) = 104")
                .contains("address    10.9.0.100/24 is not here")
                .contains("active     10.9.0.1 with priority 154")
                .contains("heard      10.9.0.1, priority 154");
    }

    @Test
    void aDrillMovesTheAddressAndBringsItBack() throws IOException {
        assertThat(ask("one", "vrrp drill web 5000"))
                .startsWith("ok\n")
                .contains("10.9.0.2 took over with priority 104")
                .contains("another took over, and the addresses are here again");
        assertThat(status("one")).contains("ACTIVE for");
    }

    @Test
    void whatCannotBeDoneIsAnError() throws IOException {
        assertThat(ask("two", "vrrp drill web 5000")).startsWith("error\n").contains("only an active one");
        assertThat(ask("one", "vrrp drill other 5000")).startsWith("error\n").contains("other");
        assertThat(ask("one", "vrrp drill web soon")).isEqualTo("error\nexpected vrrp drill NAME MILLISECONDS\n");
        assertThat(ask("one", "vrrp drill web -1")).startsWith("error\n").contains("more than zero");
        assertThat(ask("one", "vrrp status other"))
                .isEqualTo("error\nthere is no virtual router 'other'; there are [web]\n");
        assertThat(ask("one", "stop")).startsWith("error\nunknown command 'stop'");
        assertThatThrownBy(() -> ControlSocket.ask(folder.resolve("nobody"), "vrrp status"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nobody answers on the control socket");
    }

    @Test
    void onlyTheOwnerMayAskAndASecondProgramTakesNotTheSocketOfTheFirst() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("one.control"))))
                .isEqualTo("rw-------");

        var third = LabNode.lb(
                network,
                "two",
                List.of(
                        "run",
                        "--control",
                        folder.resolve("one.control").toString(),
                        configuration("third", 50).toString()),
                log::add);
        try {
            await().atMost(LIMIT)
                    .until(() ->
                            log.stream().anyMatch(line -> line.contains("another program listens on the control")));
        } finally {
            third.terminate();
        }
        assertThat(status("one")).startsWith("ok\n");
    }

    private LabNode run(String host, int priority) throws IOException {
        return LabNode.lb(
                network,
                host,
                List.of(
                        "run",
                        "--control",
                        folder.resolve(host + ".control").toString(),
                        configuration(host, priority).toString()),
                log::add);
    }

    private Path configuration(String host, int priority) throws IOException {
        return Files.writeString(folder.resolve(host + ".conf"), """
                vrrp_track_process self {
                    process java
                    weight 4
                }
                vrrp_instance web {
                    state BACKUP
                    interface eth0
                    virtual_router_id 51
                    version 3
                    priority %d
                    advert_int 0.2
                    track_process { self }
                    virtual_ipaddress { 10.9.0.100/24 }
                }
                """.formatted(priority));
    }

    private String status(String host) throws IOException {
        return Files.exists(folder.resolve(host + ".control")) ? ask(host, "vrrp status") : "";
    }

    private String ask(String host, String line) throws IOException {
        return ControlSocket.ask(folder.resolve(host + ".control"), line);
    }
}

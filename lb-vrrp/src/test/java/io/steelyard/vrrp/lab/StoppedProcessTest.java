package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of the address of a process that is stopped, killed or told to end: ours beside keepalived's. Needs root, keepalived, tshark,
 * tcpdump and ping.
 */
@Timeout(180)
class StoppedProcessTest {
    private static final String ADDRESS = "10.9.0.100";
    private static final String INSTANCE = "  version 3\n  advert_int 0.3";
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void createLab() throws Exception {
        assumeTrue(Lab.missing().isEmpty(), Lab::missing);
        lab = Lab.create(folder);
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void aStoppedProcessLosesTheAddressToTheOtherAndStandsBackWhenItGoesOn() throws Exception {
        var ours = startOurs(150);
        until(() -> Lab.has(lab.one, ADDRESS));
        var theirs = lab.keepalived(lab.other, 100, INSTANCE, "    " + ADDRESS + "/24");
        until(() -> theirs.said("Entering BACKUP STATE"));

        signal(ours, "STOP");
        until(() -> Lab.has(lab.other, ADDRESS));
        until(() -> !Lab.has(lab.one, ADDRESS));
        assertThat(ours.isAlive()).isTrue();
        assertThat(lab.answers(ADDRESS)).isTrue();

        signal(ours, "CONT");
        // Stopped in the middle of reading the kernel's messages, it learns first that the address is gone.
        until(() -> said("reason=PAUSED") || said("reason=ADDRESS_LOST"));
        // It heard the other before it said a word, and takes over again by its priority.
        until(() -> Lab.has(lab.one, ADDRESS) && !Lab.has(lab.other, ADDRESS));
    }

    @Test
    void aKilledProcessLosesTheAddressToo() throws Exception {
        var ours = startOurs(150);
        until(() -> Lab.has(lab.one, ADDRESS));

        ours.destroyForcibly().waitFor();

        until(() -> !Lab.has(lab.one, ADDRESS));
    }

    @Test
    void aProcessToldToEndSaysGoodByeAndTakesItsAddressAway() throws Exception {
        var ours = startOurs(150);
        until(() -> Lab.has(lab.one, ADDRESS));
        var theirs = lab.keepalived(lab.other, 100, INSTANCE, "    " + ADDRESS + "/24");
        until(() -> theirs.said("Entering BACKUP STATE"));

        ours.destroy();
        assertThat(ours.waitFor()).as("ended by SIGTERM").isEqualTo(143);

        assertThat(Lab.has(lab.one, ADDRESS)).isFalse();
        until(() -> Lab.has(lab.other, ADDRESS));
        assertThat(said("reason=STOPPED")).isTrue();
    }

    /** The reason for the lifetimes: with keepalived stopped, two hosts have the address for as long as it stands still. */
    @Test
    void aStoppedKeepalivedKeepsTheAddressWhileWeHaveIt() throws Exception {
        var theirs = lab.keepalived(lab.other, 150, INSTANCE, "    " + ADDRESS + "/24");
        until(() -> Lab.has(lab.other, ADDRESS));
        startOurs(100);
        until(() -> said("to=BACKUP"));

        theirs.signal("STOP");
        until(() -> Lab.has(lab.one, ADDRESS));

        assertThat(Lab.has(lab.other, ADDRESS)).as("keepalived fails this").isTrue();
        until(() -> said("ADDRESS_CONFLICT"));
        theirs.signal("CONT");
    }

    private Process startOurs(int priority) throws Exception {
        return lab.one.start(folder.resolve("ours.out"), OneRouter.command(priority, ADDRESS + "/24", 300));
    }

    private boolean said(String text) throws IOException {
        return Files.readString(folder.resolve("ours.out")).contains(text);
    }

    private static void signal(Process process, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(condition);
    }
}

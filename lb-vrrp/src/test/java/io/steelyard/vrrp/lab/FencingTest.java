package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.election.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A script that fences the former active router before its addresses are claimed. Needs root. */
@Timeout(180)
class FencingTest {
    @TempDir
    private Path folder;

    @RegisterExtension
    private final Pair pair = new Pair();

    private VirtualRouter.Builder fencing(String script, Duration timeout, boolean isRequired) throws Exception {
        var file = Files.writeString(folder.resolve("fence.sh"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        var rules = new SplitBrainDefence.Fencing("script", Map.of("command", file + " --off"), timeout, isRequired);
        return router(100).defence(Pair.defence().fencing(rules).build());
    }

    private io.steelyard.vrrp.VirtualRouters backupOf(VirtualRouter.Builder router) throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router);
        until("the backup hears", () -> status(other).active().isPresent());
        return other;
    }

    @Test
    void theFormerActiveRouterIsFencedAndThenReplaced() throws Exception {
        var told = folder.resolve("told");
        var other = backupOf(fencing("echo \"$@\" > " + told, Duration.ofSeconds(20), true));

        pair.lab.cable("one", false);

        until("replaced", () -> phase(other) == Phase.ACTIVE);
        assertThat(Files.readString(told)).isEqualTo("--off a 51 10.9.0.1\n");
        assertThat(pair.warned(other, RouterEvent.Kind.FENCED)).isTrue();
    }

    @Test
    void whoMustBeFencedAndIsNotIsNotReplaced() throws Exception {
        var other = backupOf(fencing("exit 3", Duration.ofSeconds(20), true));

        pair.lab.cable("one", false);

        until("told", () -> pair.warned(other, RouterEvent.Kind.FENCING_FAILED));
        assertThat(phase(other)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(pair.lab.other, Pair.ADDRESS)).isFalse();
    }

    @Test
    void aScriptThatHangsIsEndedAndWhereItIsNotRequiredNothingWaitsLonger() throws Exception {
        var other = backupOf(fencing("exec tail -f /dev/null", Duration.ofMillis(500), false));

        pair.lab.cable("one", false);

        until("replaced", () -> phase(other) == Phase.ACTIVE && pair.warned(other, RouterEvent.Kind.FENCING_FAILED));
        until(
                "killed",
                () -> ProcessHandle.current()
                        .descendants()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").contains("tail -f /dev/null")));
    }

    @Test
    void whoSaysGoodByeIsNotFenced() throws Exception {
        var told = folder.resolve("told");
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, fencing("touch " + told, Duration.ofSeconds(20), true));
        until("the backup hears", () -> status(other).active().isPresent());

        one.close();

        until("replaced", () -> phase(other) == Phase.ACTIVE);
        assertThat(told).doesNotExist();
    }
}

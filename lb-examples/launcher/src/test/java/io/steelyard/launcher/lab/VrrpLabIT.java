package io.steelyard.launcher.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.launcher.Lb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The laboratory itself, as an operator starts it. */
@EnabledIf("isRoot")
@Timeout(240)
class VrrpLabIT {
    @TempDir
    Path folder;

    static boolean isRoot() {
        return SeedKeepalivedIT.isRoot();
    }

    @Test
    void tellsHowTheAddressMovedAndLeavesNothingBehind() throws Exception {
        var output = folder.resolve("lab.out");
        var lab = start(output, "lab", "vrrp", "--interval", "0.2");

        assertThat(lab.waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output))
                .contains("a is killed (SIGKILL)", "a comes back", "a is ended in order (SIGTERM)")
                .contains("a       BACKUP -> ACTIVE, priority 150: nobody heard")
                .contains("b       BACKUP -> ACTIVE, priority 100: nobody heard")
                .contains("the address moved each time");
        assertThat(lab.exitValue()).isZero();
        assertThat(namespaces()).doesNotContain("lb-lab" + lab.pid());
    }

    @Test
    void anInterruptedLaboratoryLeavesNothingBehind() throws Exception {
        var output = folder.resolve("lab.out");
        var lab = start(output, "lab", "vrrp");
        awaitText(output, "two balancers a (priority 150)");

        lab.destroy();

        assertThat(lab.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(namespaces()).doesNotContain("lb-lab" + lab.pid());
    }

    @Test
    void anIntervalOutOfRangeIsAWrongCommandLine() throws Exception {
        var output = folder.resolve("lab.out");
        var lab = start(output, "lab", "vrrp", "--interval", "60");

        assertThat(lab.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(lab.exitValue()).isEqualTo(64);
        assertThat(Files.readString(output)).contains("expected 0.01 to 10");
    }

    private static Process start(Path output, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Lb.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static void awaitText(Path output, String text) {
        org.awaitility.Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> Files.readString(output).contains(text));
    }

    private static String namespaces() throws IOException, InterruptedException {
        var process = new ProcessBuilder("ip", "netns", "list").start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}

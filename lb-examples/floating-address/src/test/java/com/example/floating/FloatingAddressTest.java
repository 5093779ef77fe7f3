package com.example.floating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example in a network namespace of its own. Needs root. */
class FloatingAddressTest {
    @Test
    @Timeout(60)
    void theAddressComesAndGoesWithTheProgram() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root for a network namespace");
        var script = """
                ip link add eth0 type veth peer name eth1 && ip link set eth1 up && ip link set eth0 up &&
                ip addr add 10.9.0.1/24 dev eth0 && exec "$0" --enable-native-access=ALL-UNNAMED -cp "$1" "$2" eth0 10.9.0.100/24
                """;
        var java = ProcessHandle.current().info().command().orElse("java");
        var process = new ProcessBuilder(
                        "unshare", "--net", "sh", "-c", script, java, System.getProperty("java.class.path"),
                        FloatingAddress.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines = new ArrayList<>();
        try (var output = process.inputReader()) {
            for (String line; (line = output.readLine()) != null; ) {
                lines.add(line);
                if (line.contains("to=ACTIVE")) {
                    // Not by the Process, which would close what it prints.
                    process.toHandle().destroy();
                }
            }
        }

        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(lines).anyMatch(line -> line.contains("to=ACTIVE")).anyMatch(line -> line.contains("STOPPED"));
    }
}

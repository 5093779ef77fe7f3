package io.steelyard.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeAccessTest {
    /** Run in a JVM of its own. */
    static final class Probe {
        public static void main(String[] arguments) {
            System.out.println(NativeAccess.unavailability().orElse("available"));
            try {
                System.out.println("socket " + (Linux.close(Linux.tcpSocket(false)) == 0));
            } catch (Throwable thrown) {
                System.out.println(thrown + " " + thrown.getCause());
            }
        }
    }

    @Test
    void hereSystemCallsCanBeMade() {
        assertThat(NativeAccess.unavailability()).isEmpty();
        NativeAccess.require();
    }

    @Test
    void aJvmThatDeniesNativeAccessIsToldWhatToDo() throws Exception {
        assertThat(run("--illegal-native-access=deny"))
                .startsWith("the JVM denies native access to the class path; start it with"
                        + " --enable-native-access=ALL-UNNAMED\n")
                .contains("IllegalStateException: Linux system calls cannot be used: the JVM denies native access;"
                        + " start it with --enable-native-access=ALL-UNNAMED");
    }

    @Test
    void aJvmThatAllowsItMakesCalls() throws Exception {
        assertThat(run("--enable-native-access=ALL-UNNAMED")).isEqualTo("available\nsocket true\n");
    }

    private static String run(String option) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = location(Linux.class) + ":" + location(NativeAccessTest.class);
        var process = new ProcessBuilder(List.of(java, option, "-cp", classes, Probe.class.getName())).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}

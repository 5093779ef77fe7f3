package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoTest {
    @ParameterizedTest
    @ValueSource(strings = {"demo --requests 60", "demo --http --requests 60"})
    void aServerThatEndsHalfWayCostsNoRequest(String command) {
        var out = new StringWriter();
        int code = Lb.commandLine().setOut(new PrintWriter(out, true)).execute(command.split(" "));
        assertThat(out.toString())
                .containsPattern("(?m)^one +10 +0 +ended between the two$")
                .containsPattern("(?m)^two +10 +1\\d$")
                .containsPattern("(?m)^three +10 +1\\d$")
                .contains("60 requests answered, 0 failed");
        assertThat(code).isZero();
    }
}

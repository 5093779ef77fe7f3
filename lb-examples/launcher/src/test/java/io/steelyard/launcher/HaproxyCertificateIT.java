package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.linux.Linux;
import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that take another's place by commands on the socket: replies of HAProxy and ours, and what clients are shown. */
@Timeout(300)
class HaproxyCertificateIT {
    private static final int SIGUSR2 = 12;

    private TestCertificates made;
    private HaproxyPair pair;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        assumeTrue(TestCertificates.isPossible(), "needs openssl (package openssl)");
        made = new TestCertificates(folder)
                .rsa("one", "one.example", "www.one.example")
                .ec("two", "two.example");
        pair = HaproxyPair.start(folder, 1, (ports, own) -> {
            try {
                Files.writeString(own.resolve("live.pem"), pem("one", "one"));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            return """
                    global
                      nbthread 1
                      stats socket %s level admin
                    defaults
                      mode http
                      timeout client 1m
                      timeout connect 5s
                      timeout server 1m
                    frontend f
                      bind 127.0.0.1:%d ssl crt %s
                      http-request return status 200
                    """.formatted(own.resolve("s"), ports.getFirst(), own.resolve("live.pem"));
        });
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private String pem(String certificate, String key) throws IOException {
        return Files.readString(folder.resolve(certificate + ".pem")) + Files.readString(folder.resolve(key + ".key"));
    }

    /** The reply, with the side's own folder and spaces at line ends taken away. */
    private String ask(Side side, String command) throws IOException {
        return CommandCall.ask(side.folder().resolve("s"), command.replace("FILE", side.folder() + "/live.pem"))
                .replace(side.folder().toString(), "")
                .lines()
                .filter(line -> !line.startsWith("OCSP Response Key"))
                .map(String::strip)
                .reduce("", (text, line) -> text + line + "\n")
                .strip();
    }

    /** Whose certificate a client is shown. */
    private String shown(Side side) throws IOException {
        var command = List.of(
                "openssl", "s_client", "-connect", "127.0.0.1:" + side.ports().getFirst());
        return TestCertificates.run(command, folder, "")
                .lines()
                .filter(line -> line.startsWith("subject="))
                .findFirst()
                .orElse("");
    }

    @Test
    void oneTransactionAtATimeChangesWhatClientsAreShown() throws Exception {
        var commands = List.of(
                "show ssl cert",
                "show ssl cert FILE",
                "set ssl cert FILE <<\n" + pem("two", "two"),
                "set ssl cert FILE <<\n" + pem("two", "two"),
                "show ssl cert",
                "abort ssl cert FILE",
                "abort ssl cert FILE",
                "abort ssl cert",
                "commit ssl cert FILE",
                "commit ssl cert",
                "set ssl cert FILE <<\nnonsense\n",
                "set ssl cert",
                "set ssl cert FILE",
                "set ssl cert /x <<\n" + pem("two", "two"),
                "show ssl cert /x",
                "set ssl cert FILE <<\n" + Files.readString(folder.resolve("two.pem")),
                "commit ssl cert FILE",
                "abort ssl cert FILE",
                "set ssl cert FILE <<\n" + pem("two", "two"),
                "commit ssl cert FILE",
                "show ssl cert FILE");
        for (var side : List.of(pair.theirs(), pair.ours())) {
            assertThat(shown(side)).as(side.name()).contains("one");
        }
        for (var command : commands) {
            assertThat(ask(pair.ours(), command)).as(command).isEqualTo(ask(pair.theirs(), command));
        }
        for (var side : List.of(pair.theirs(), pair.ours())) {
            assertThat(shown(side)).as(side.name()).contains("two");
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedAndTheFileIsReadAgainAtAReload() throws Exception {
        var ours = pair.ours();
        ask(ours, "set ssl cert FILE <<\n" + pem("two", "one"));
        assertThat(ask(ours, "commit ssl cert FILE")).contains("key").endsWith("Can't commit /live.pem!");
        assertThat(shown(ours)).contains("one");

        ask(ours, "set ssl cert FILE <<\n" + pem("two", "two"));
        assertThat(ask(ours, "commit ssl cert FILE")).endsWith("Success!");
        assertThat(shown(ours)).contains("two");
        // What else changes does not bring the file back.
        ask(ours, "set maxconn frontend f 77");
        assertThat(shown(ours)).contains("two");

        var process = (LbProcess) ours.process();
        assertThat(Linux.signal(process.handle().pid(), SIGUSR2)).isZero();
        await().atMost(Duration.ofSeconds(60)).until(() -> shown(ours).contains("one"));
    }
}

package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are read anew on SIGHUP while clients ask. */
@Timeout(300)
class TlsReloadIT {
    private static final int CLIENTS = 2;

    @TempDir
    private Path folder;

    @Test
    void newCertificatesAreShownAndNoRequestFails() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        var made = new TestCertificates(folder).rsa("first", "one.example").rsa("second", "one.example");
        use("first");
        int port = CurlCall.freePorts(1).getFirst();
        var file = Files.writeString(
                folder.resolve("lb.conf"), """
                events {}
                http { server { listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s; return 200 "it is served\\n"; } }
                """.formatted(port, made.path("used.pem"), made.path("used.key")));
        try (var lb = LbProcess.start("run", file.toString())) {
            lb.awaitOut(line -> line.contains("127.0.0.1:" + port));
            var failed = new ConcurrentLinkedQueue<String>();
            var served = new AtomicInteger();
            var isOver = new AtomicBoolean();
            var clients = new ArrayList<Thread>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    while (!isOver.get()) {
                        var answer = ask(port);
                        if (answer.contains("served")) {
                            served.incrementAndGet();
                        } else {
                            failed.add(answer);
                        }
                    }
                }));
            }
            for (var name : List.of("second", "first", "second")) {
                use(name);
                lb.signal("HUP");
                await().atMost(Duration.ofSeconds(60)).until(() -> ask(port).contains("CN = " + name));
            }
            isOver.set(true);
            for (var client : clients) {
                client.join();
            }
            assertThat(served.get()).isPositive();
            assertThat(failed).isEmpty();
        }
    }

    private void use(String name) throws Exception {
        for (var end : List.of(".key", ".pem")) {
            Files.copy(folder.resolve(name + end), folder.resolve("used" + end), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String ask(int port) {
        try {
            return CurlCall.text(folder, port, "https://one.example/");
        } catch (Exception broken) {
            return String.valueOf(broken);
        }
    }
}

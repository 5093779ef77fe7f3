package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files as routes answer with them; NginxFilesIT compares the rest with nginx. */
@Timeout(120)
class FileContentTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.createDirectories(folder.resolve("www/dir"));
        Files.writeString(folder.resolve("www/a.html"), "hello\n");
        Files.setLastModifiedTime(folder.resolve("www/a.html"), FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        Files.writeString(folder.resolve("secret"), "secret\n");
    }

    private Fixture start() throws IOException {
        return Fixture.start(
                pools -> pools,
                root -> root.content(Content.Files.of(folder.resolve("www").toString())));
    }

    @Test
    void aFileIsSentWithItsTypeTimeAndTag() throws IOException {
        try (var proxy = start();
                var client = proxy.client()) {
            var answer = client.get("/a.html");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello\n");
            assertThat(answer.head())
                    .contains("Content-Type: text/html\r\n")
                    .contains("Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r\n")
                    .contains("ETag: \"3b9aca00-6\"\r\n");
            assertThat(client.get("/dir/").status()).isEqualTo(403);
            assertThat(client.get("/none").status()).isEqualTo(404);
        }
    }

    @Test
    void noPathLeadsOutOfTheFolder() throws IOException {
        try (var proxy = start()) {
            for (var path : new String[] {
                "/../secret",
                "/%2e%2e/secret",
                "/dir/..%2f..%2fsecret",
                "/dir/%2e%2e/%2e%2e/secret",
                "/dir/..;/../../secret"
            }) {
                try (var client = proxy.client()) {
                    client.send("GET " + path + " HTTP/1.1\r\nHost: s\r\n\r\n");
                    assertThat(client.head()).as(path).matches("(?s)HTTP/1.1 40[04] .*");
                }
            }
        }
    }

    @Test
    void aLargeFileIsReadNoFasterThanItsClientReadsIt() throws Exception {
        long bytes = 32L << 20;
        try (var file = new java.io.RandomAccessFile(folder.resolve("www/large").toFile(), "rw")) {
            file.setLength(bytes);
        }
        try (var proxy = start();
                var slow = proxy.client();
                var other = proxy.client()) {
            slow.send("GET /large HTTP/1.1\r\nHost: s\r\n\r\n");
            assertThat(slow.head()).contains("Content-Length: " + bytes + "\r\n");
            for (int i = 0; i < 20; i++) {
                assertThat(other.get("/a.html").text()).isEqualTo("hello\n");
            }
            assertThat(proxy.balancer().status().bufferBytes())
                    .as("what waits for the client outside of the kernel")
                    .isLessThan(1 << 20);
            for (long left = bytes; left > 0; left -= 1 << 20) {
                assertThat(slow.text(1 << 20)).hasSize(1 << 20);
            }
            assertThat(slow.get("/a.html").text()).isEqualTo("hello\n");
        }
    }
}

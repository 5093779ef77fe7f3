package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no configuration file is refused with a reason, whichever command is given it. */
@Timeout(60)
class HostileFilesTest {
    @TempDir
    private Path directory;

    private record Result(int code, String out, String err) {}

    private static Result lb(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Lb.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Result(code, out.toString(), err.toString());
    }

    private static void assertRefused(Path file, String reason) {
        var checked = lb("check", file.toString());
        assertThat(checked.code()).isEqualTo(2);
        assertThat(checked.out()).startsWith(file + ": error: ").contains(reason);
        var explained = lb("explain", file.toString());
        assertThat(explained.code()).isEqualTo(2);
        assertThat(explained.out()).isEmpty();
        assertThat(explained.err()).contains(reason);
    }

    @Test
    void aDirectory() {
        assertRefused(directory, "cannot be read: it is a directory");
    }

    @Test
    void aFileThatIsNotThere() {
        assertRefused(directory.resolve("none.conf"), "there is no such file");
    }

    @Test
    void aLinkToItself() throws IOException {
        var link = directory.resolve("loop.conf");
        Files.createSymbolicLink(link, link);
        assertRefused(link, "Too many levels of symbolic links");
    }

    @Test
    void aFileThatIsFarTooLong() throws IOException {
        var file = directory.resolve("long.conf");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(100L << 20);
        }
        assertRefused(file, "it is longer than 16 MiB");
    }

    @Test
    void bytesThatAreNoText() throws IOException {
        var file = directory.resolve("random.bin");
        var bytes = new byte[100_000];
        new Random(1).nextBytes(bytes);
        Files.write(file, bytes);
        assertRefused(file, "the format cannot be told from the content");
        for (var format : new String[] {"nginx", "yaml"}) {
            var named = lb("check", "--format", format, file.toString());
            assertThat(named.code()).isEqualTo(2);
            assertThat(named.out().lines()).hasSizeBetween(1, 2_000);
            assertThat(named.err()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "#\n", "{}", "[]", "~", "\u0000", "stream", "stream {", "pools:", "---"})
    void textsWithNothingInThemEndWithAMessageOrAreFine(String text) throws IOException {
        var file = Files.writeString(directory.resolve("little"), text);
        var result = lb("check", file.toString());
        assertThat(result.code()).isBetween(0, 2);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().isEmpty()).isEqualTo(result.code() == 0);
    }

    @Test
    void filesThatIncludeEachOther() throws IOException {
        var a = Files.writeString(directory.resolve("a.conf"), "stream { include b.conf; }\n");
        Files.writeString(directory.resolve("b.conf"), "include a.conf;\n");
        var result = lb("check", a.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).contains("b.conf:1:9: error: ", "includes itself");
    }

    @Test
    void includesThatGrowWithoutEnd() throws IOException {
        for (int i = 0; i < 40; i++) {
            Files.writeString(
                    directory.resolve(i + ".conf"),
                    i == 39 ? "\n" : "include %d.conf; include %d.conf;\n".formatted(i + 1, i + 1));
        }
        var main = Files.writeString(directory.resolve("main.conf"), "stream { include 0.conf; }\n");
        var result = lb("check", main.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).contains("files are included");
    }

    @Test
    void anIncludedDirectory() throws IOException {
        Files.createDirectory(directory.resolve("conf.d"));
        var main = Files.writeString(directory.resolve("main.conf"), "stream { include conf.d; }\n");
        assertThat(lb("check", main.toString()).out())
                .contains("main.conf:1:18: error: ", "cannot be read: it is a directory");
    }

    @Test
    void aPipeIsReadToItsEnd() throws Exception {
        var pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(20, TimeUnit.SECONDS))
                .isTrue();
        var writer = Thread.ofVirtual().start(() -> {
            try {
                Files.writeString(pipe, "pools: {web: {servers: [127.0.0.1:9001]}}\n");
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        var result = lb("explain", pipe.toString());
        writer.join();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("127.0.0.1:9001");
    }

    @Test
    void keysThatCannotBeRead() {
        var pick =
                new String[] {"pick", "--scheduler", "maglev", "--server", "a:1", "--keys-from", directory.toString()};
        var result = lb(pick);
        assertThat(result.code()).isEqualTo(Lb.USAGE);
        assertThat(result.err()).startsWith("lb: cannot read keys: ").contains("directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port=70000", "--port=-1", "--requests=-1", "--requests=many"})
    void aDemoWithImpossibleNumbers(String option) {
        var result = lb("demo", option);
        assertThat(result.code()).isEqualTo(Lb.USAGE);
        assertThat(result.err()).startsWith("lb: ").contains("--help");
    }
}

package io.steelyard.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** The launcher as a process of its own, started as {@code ./lb} starts it. */
final class LbProcess implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120;
    private static final int TRIES = 5;

    private final Process process;
    private final Lines out;
    private final Lines err;

    private LbProcess(Process process) {
        this.process = process;
        out = new Lines(process.getInputStream());
        err = new Lines(process.getErrorStream());
    }

    static LbProcess start(String... arguments) throws IOException {
        return start(new ProcessBuilder(command(arguments)));
    }

    /** What starts the launcher with these arguments. */
    static List<String> command(String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Lb.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A program that is started as {@code command} says. */
    static LbProcess start(ProcessBuilder command) throws IOException {
        return new LbProcess(command.start());
    }

    /** A launcher, and the ports of 127.0.0.1 that it listens on. */
    record Listening(LbProcess process, List<Integer> ports) {}

    /** Runs a file that listens on free ports; others, where another program takes one between our asking for it and its use. */
    static Listening listening(Path file, int count, Function<List<Integer>, String> configuration)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            var ports = CurlCall.freePorts(count);
            Files.writeString(file, configuration.apply(ports));
            var lb = start("run", file.toString());
            try {
                for (int port : ports) {
                    lb.awaitOut(line -> line.contains("127.0.0.1:" + port));
                }
                return new Listening(lb, ports);
            } catch (AssertionError failed) {
                lb.close();
                if (attempt == TRIES) {
                    throw failed;
                }
            }
        }
    }

    /** The process that was started. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Everything standard output has said so far. */
    List<String> out() {
        return List.copyOf(out.lines);
    }

    /** Everything the log has said so far. */
    List<String> err() {
        return List.copyOf(err.lines);
    }

    /** Waits for the end of the process and of what it says; gives the exit code. */
    int finish() throws InterruptedException {
        int code = exitCode();
        out.awaitEnd();
        err.awaitEnd();
        return code;
    }

    /** Waits for a line of standard output. */
    String awaitOut(Predicate<String> wanted) throws InterruptedException {
        return out.await(wanted, err);
    }

    /** Waits for a line of the log. */
    String awaitErr(Predicate<String> wanted) throws InterruptedException {
        return err.await(wanted, out);
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running; its log: " + err.lines);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** What a stream said so far. Guarded by itself: the reading thread adds, the test waits. */
    private static final class Lines {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private boolean isEnded;

        Lines(InputStream stream) {
            Thread.ofVirtual().start(() -> {
                try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                        add(line);
                    }
                } catch (IOException ended) {
                    add("stream broke: " + ended.getMessage());
                }
                end();
            });
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        private synchronized void end() {
            isEnded = true;
            notifyAll();
        }

        synchronized void awaitEnd() throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            while (!isEnded && System.nanoTime() - deadline < 0) {
                wait(100);
            }
        }

        synchronized String await(Predicate<String> wanted, Lines other) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            while (true) {
                var found = lines.stream().filter(wanted).findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
                long restMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (isEnded || restMs <= 0) {
                    throw new AssertionError("the line did not come; there were " + lines + " here and " + other.lines
                            + " on the other stream");
                }
                wait(restMs);
            }
        }
    }
}

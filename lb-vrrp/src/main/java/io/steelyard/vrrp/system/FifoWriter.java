package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VrrpSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines into a named pipe from a thread of its own, so that a reader who does not read holds nobody up: beyond
 * {@value #MOST_WAITING} lines the newest are dropped and counted. {@link #write} is for the control thread.
 */
final class FifoWriter implements AutoCloseable {
    static final int MOST_WAITING = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(FifoWriter.class);
    private static final String END = "";
    private static final int CLOSE_LIMIT_S = 2;

    private final VrrpSettings.Fifo fifo;
    private final String user;
    private final boolean isSecure;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;
    private @Nullable Process reader;
    private long dropped;

    /** @param isSecure a reader that others could exchange is not started; see {@link Command#refusal} */
    FifoWriter(VrrpSettings.Fifo fifo, String user, boolean isSecure) {
        this.fifo = fifo;
        this.user = user;
        this.isSecure = isSecure;
        thread = Thread.ofPlatform().name("vrrp-fifo").daemon().start(this::run);
    }

    void write(String line) {
        if (!waiting.offer(line)) {
            dropped++;
            LOG.warn("pipe {} is not read; {} notifications dropped so far", fifo.path(), dropped);
        }
    }

    private void run() {
        try {
            make(fifo.path());
            // Opened for both ways: a pipe that nobody reads yet would not open for writing alone (fifo(7)).
            try (var pipe = new RandomAccessFile(fifo.path().toFile(), "rw")) {
                startReader();
                for (String line; !(line = waiting.take()).equals(END); ) {
                    pipe.write(line.getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException failed) {
            LOG.warn("pipe {}: {}", fifo.path(), failed.getMessage());
        } catch (InterruptedException closing) {
            LOG.debug("pipe {} is closed with lines that nobody read", fifo.path());
        }
    }

    private void startReader() throws IOException {
        if (fifo.reader().isEmpty()) {
            return;
        }
        var given = fifo.reader().get();
        var command = new Command(given.words(), given.user().orElse(user));
        var refusal = command.refusal(isSecure);
        if (refusal.isPresent()) {
            LOG.warn("pipe {}: {}", fifo.path(), refusal.get());
        } else {
            reader = command.start(fifo.path().toString());
        }
    }

    private static void make(Path path) throws IOException, InterruptedException {
        if (Files.exists(path)) {
            return;
        }
        var process = new ProcessBuilder("mkfifo", "-m", "0600", path.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("cannot be made; does its folder exist and may it be written?");
        }
    }

    /** Waits a moment for lines that are read, and gives up those that are not. */
    @Override
    public void close() {
        boolean isTaken = waiting.offer(END);
        try {
            if (!isTaken || !thread.join(java.time.Duration.ofSeconds(CLOSE_LIMIT_S))) {
                thread.interrupt();
            }
            var started = reader;
            if (started != null) {
                started.destroy();
                started.waitFor(CLOSE_LIMIT_S, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

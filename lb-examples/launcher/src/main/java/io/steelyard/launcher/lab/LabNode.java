package io.steelyard.launcher.lab;

import io.steelyard.launcher.Lb;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A Java program of this launcher's that runs on a host of the laboratory; what it prints is read line by line. */
final class LabNode {
    private final Process process;
    private final Thread reader;

    private LabNode(Process process, Consumer<String> lines) {
        this.process = process;
        reader = Thread.ofPlatform().daemon(true).name("lab-reader").start(() -> read(process, lines));
    }

    /** Runs {@code lb} there. */
    static LabNode lb(LabNetwork network, String host, List<String> arguments, Consumer<String> lines)
            throws IOException {
        return java(network, host, Lb.class, arguments, lines);
    }

    /** Runs a class of the launcher there, by the Java and with the options that this process has. */
    static LabNode java(LabNetwork network, String host, Class<?> main, List<String> arguments, Consumer<String> lines)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new LabNode(network.start(host, command), lines);
    }

    /** Reads another program's output in the same way. */
    static LabNode of(Process process, Consumer<String> lines) {
        return new LabNode(process, lines);
    }

    private static void read(Process process, Consumer<String> lines) {
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                lines.accept(line);
            }
        } catch (IOException | UncheckedIOException ended) {
            // A killed program's output ends like that.
        }
    }

    /** Ends it as a power cut would. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }

    /** Waits for it to end by itself. @return its exit code */
    int exitCode() throws InterruptedException {
        int code = process.waitFor();
        reader.join();
        return code;
    }

    /** Ends it in order (SIGTERM). @return its exit code */
    int terminate() throws InterruptedException {
        // Process.destroy would close what it still prints.
        process.toHandle().destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        reader.join();
        return process.exitValue();
    }
}

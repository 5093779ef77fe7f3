package io.steelyard.vrrp.lab;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace of a test's own: that of one thread (unshare(2)), on which everything in it runs, programs too. The kernel removes it
 * with the thread, and its interfaces with it. Needs root.
 */
public final class PrivateNetwork implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final MethodHandle UNSHARE = link("unshare", JAVA_INT);
    private static final MethodHandle GETTID = link("gettid");

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("private-network").daemon().factory());
    private final int threadId;
    private final List<Process> processes = new ArrayList<>();

    private PrivateNetwork() throws Exception {
        threadId = call(() -> {
            if (invoke(UNSHARE, CLONE_NEWNET) != 0) {
                throw new IOException("unshare was refused");
            }
            return invoke(GETTID);
        });
    }

    /** Why no network can be made here; empty where one can. */
    public static String missing() {
        return "root".equals(System.getProperty("user.name")) ? "" : "needs root for a network namespace";
    }

    /** A network with nothing in it but its loopback interface, which is up. */
    public static PrivateNetwork create() throws Exception {
        var network = new PrivateNetwork();
        network.ip("link", "set", "lo", "up");
        return network;
    }

    /** Joins two networks by a cable: one interface of each, both up. */
    public static void join(PrivateNetwork one, String ofOne, PrivateNetwork other, String ofOther) throws Exception {
        one.ip(
                "link",
                "add",
                ofOne,
                "type",
                "veth",
                "peer",
                "name",
                ofOther,
                "netns",
                Integer.toString(other.threadId));
        one.ip("link", "set", ofOne, "up");
        other.ip("link", "set", ofOther, "up");
    }

    /** Runs something on the network's thread. */
    public <T> T call(Callable<T> task) throws Exception {
        try {
            return thread.submit(task).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) failed.getCause();
        }
    }

    /** Starts a program in the network; it is killed with it. What it prints goes to a file. */
    public Process start(Path output, String... command) throws Exception {
        return call(() -> {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            processes.add(process);
            return process;
        });
    }

    /** Whether a program run in the network ends with 0. */
    public boolean succeeds(String... command) throws Exception {
        return call(() -> {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        });
    }

    /** Runs ip(8) in the network. @return what it printed */
    public String ip(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Runs a program in the network, which must end with 0. @return what it printed */
    public String run(String... command) throws Exception {
        return call(() -> {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
            return output;
        });
    }

    @Override
    public void close() throws InterruptedException {
        for (var process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        thread.shutdownNow();
    }

    private static int invoke(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static MethodHandle link(String name, java.lang.foreign.MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }
}

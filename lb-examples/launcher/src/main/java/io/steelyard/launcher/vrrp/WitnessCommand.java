package io.steelyard.launcher.vrrp;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.vrrp.witness.WitnessServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** The third place that virtual routers ask before one of them is active. */
@Command(
        name = "witness",
        description = {
            "Runs a witness for virtual routers: it gives each lease to one machine at a time, so that a network cut in two makes no two owners.",
            "Run it on a third machine, which must not sleep. It keeps nothing on disk: after a start it grants nothing new for the longest lease.",
            "SIGUSR1 prints who holds what."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:ended by a signal",
            "1:the address is taken or not permitted, or the key is no key",
            "64:wrong command line"
        },
        mixinStandardHelpOptions = true)
public final class WitnessCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            required = true,
            description = "Where it answers, over UDP.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String listen;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            required = true,
            description =
                    "What messages are signed with: at least 16 octets, the same for all who ask. A line end at its end does not count.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path keyFile;

    @Option(
            names = "--longest-lease",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "The longest lease that may be asked for, 1 to 3600; ${DEFAULT-VALUE} by default.")
    private int longestLeaseSeconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    /** For picocli. */
    public WitnessCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        var commandLine = command.commandLine();
        if (longestLeaseSeconds < 1 || longestLeaseSeconds > 3_600) {
            throw new ParameterException(
                    commandLine, "--longest-lease is " + longestLeaseSeconds + "; expected 1 to 3600");
        }
        var address = address();
        var ended = new CountDownLatch(1);
        try (var witness = WitnessServer.builder()
                .address(address)
                .key(key())
                .longestLease(Duration.ofSeconds(longestLeaseSeconds))
                .start()) {
            Signal.handle(new Signal("TERM"), signal -> ended.countDown());
            Signal.handle(new Signal("INT"), signal -> ended.countDown());
            Signal.handle(new Signal("USR1"), signal -> tell(witness));
            say("ready witness udp " + witness.address().getAddress().getHostAddress() + ":"
                    + witness.address().getPort() + ", leases of up to " + longestLeaseSeconds + " s");
            ended.await();
            tell(witness);
            return 0;
        } catch (IOException | IllegalArgumentException refused) {
            commandLine.getErr().println("lb: no witness at " + listen + ": " + refused.getMessage());
            return 1;
        }
    }

    private InetSocketAddress address() {
        try {
            var parsed = ListenAddress.parse(listen);
            return new InetSocketAddress(parsed.address(), parsed.firstPort());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command.commandLine(), "--listen: " + wrong.getMessage());
        }
    }

    private String key() throws IOException {
        if (!Files.isReadable(keyFile)) {
            throw new IOException("the key file " + keyFile + " is not there or may not be read");
        }
        if (Files.getPosixFilePermissions(keyFile).contains(PosixFilePermission.OTHERS_READ)) {
            command.commandLine()
                    .getErr()
                    .println("lb: everybody may read the key file " + keyFile + "; take that away with: chmod o-r "
                            + keyFile);
        }
        return Files.readString(keyFile).stripTrailing();
    }

    private void tell(WitnessServer witness) {
        for (var lease : witness.leases()) {
            say("lease '" + lease.lease() + "' is held by " + lease.holder() + " with priority " + lease.priority()
                    + " for " + StatusText.time(Duration.ofNanos(lease.leftNs())) + ", epoch " + lease.epoch()
                    + (lease.isWanted() ? ", wanted by a higher priority" : ""));
        }
        say("granted " + witness.granted() + ", refused " + witness.refused() + ", dropped " + witness.dropped());
    }

    private synchronized void say(String line) {
        command.commandLine().getOut().println(line);
        command.commandLine().getOut().flush();
    }
}

package io.steelyard.linux.netlink;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The kernel's settings of an interface, under /proc/sys/net (sysctl(8)), of the network namespace of the calling thread. Safe for all
 * threads.
 */
public final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys/net");

    private Sysctl() {}

    /**
     * Sets an IPv4 setting of an interface, such as {@code arp_ignore}.
     *
     * @param interfaceName the interface, {@code all} or {@code default}
     * @throws IOException with the setting's name, where it does not exist or must not be written
     */
    public static void setIpv4(String interfaceName, String setting, int value) throws IOException {
        write(ROOT.resolve("ipv4/conf").resolve(interfaceName).resolve(setting), value);
    }

    /** Sets an IPv4 setting of the whole network namespace, such as {@code igmp_link_local_mcast_reports}. */
    public static void setIpv4(String setting, int value) throws IOException {
        write(ROOT.resolve("ipv4").resolve(setting), value);
    }

    /** An IPv4 setting of the whole network namespace. */
    public static int ipv4(String setting) throws IOException {
        return read(ROOT.resolve("ipv4").resolve(setting));
    }

    /** As {@link #setIpv4} for IPv6, such as {@code accept_dad}. */
    public static void setIpv6(String interfaceName, String setting, int value) throws IOException {
        write(ROOT.resolve("ipv6/conf").resolve(interfaceName).resolve(setting), value);
    }

    /** An IPv4 setting of an interface. */
    public static int ipv4(String interfaceName, String setting) throws IOException {
        return read(ROOT.resolve("ipv4/conf").resolve(interfaceName).resolve(setting));
    }

    /** An IPv6 setting of an interface. */
    public static int ipv6(String interfaceName, String setting) throws IOException {
        return read(ROOT.resolve("ipv6/conf").resolve(interfaceName).resolve(setting));
    }

    private static void write(Path file, int value) throws IOException {
        try {
            Files.writeString(file, Integer.toString(value));
        } catch (NoSuchFileException | AccessDeniedException refused) {
            throw explained("set " + name(file) + " to " + value, refused);
        } catch (IOException refused) {
            throw new IOException("cannot set " + name(file) + " to " + value + ": " + refused.getMessage(), refused);
        }
    }

    private static int read(Path file) throws IOException {
        try {
            return Integer.parseInt(Files.readString(file).strip());
        } catch (NoSuchFileException | AccessDeniedException refused) {
            throw explained("read " + name(file), refused);
        }
    }

    private static IOException explained(String what, IOException refused) {
        return new IOException(
                "cannot " + what
                        + (refused instanceof NoSuchFileException
                                ? ": there is no such setting; the interface or the kernel's support is missing"
                                : ": permission denied; the process needs CAP_NET_ADMIN and a writable /proc/sys"),
                refused);
    }

    private static String name(Path file) {
        return ("net/" + ROOT.relativize(file)).replace('/', '.');
    }
}

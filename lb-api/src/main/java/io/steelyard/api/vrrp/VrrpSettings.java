package io.steelyard.api.vrrp;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What holds for all virtual routers of a process.
 *
 * @param routerId this machine's name in mails and between peers; empty for the host's name
 * @param startDelay for how long after the start no timer runs, while adverts are heard (keepalived {@code vrrp_startup_delay})
 * @param bootDelay until the machine has been up for so long nothing is sent or heard (keepalived {@code vrrp_delay_after_boot})
 * @param scriptUser who runs scripts, as {@code user}, whose groups are taken, or {@code user:group}; empty for {@code keepalived_script} where that
 *     user exists and else whoever runs this process
 * @param scriptSecurity scripts that others than root may change are refused when root runs them (keepalived
 *     {@code enable_script_security})
 * @param fifos where each change of state is written, as a line such as {@code INSTANCE "VI_1" MASTER 100}
 * @param mail where mails go; absent for nowhere
 * @param mailsFaults whether mails tell of faults too (off: keepalived {@code no_email_faults})
 * @param onStart run and waited for before the first router begins (keepalived {@code startup_script})
 * @param onEnd run and waited for after the last router has ended (keepalived {@code shutdown_script})
 * @param reportsLocalGroups whether the kernel reports memberships in groups of 224.0.0.0/24 (off: keepalived {@code disable_local_igmp}); off, it is
 *     on again when the process ends, if it was before
 * @param pacedTogether interfaces by which announcements of all routers leave one after the other, as if each group of them were one interface
 *     (keepalived {@code garp_group}); an interface is in one group at most
 * @param interfacePrefix how names of interfaces begin that routers have for themselves, where they are not given (keepalived {@code vmac_prefix});
 *     for IPv6 a 6 follows, then a dot and the router's id, as in {@code vrrp.51} and {@code vrrp6.51}, and with a number before the dot where that
 *     is taken; 1 to 10 characters
 * @param addressInterfacePrefix the same for interfaces of single addresses (keepalived {@code vmac_addr_prefix}); absent for the other prefix
 * @param addresses that this machine has while the process lives, whatever the routers do (keepalived {@code static_ipaddress})
 * @param routes the same for routes
 * @param rules the same for rules
 * @param staticGroups the same for what virtual routers need
 */
public record VrrpSettings(
        String routerId,
        Duration startDelay,
        Duration bootDelay,
        String scriptUser,
        boolean scriptSecurity,
        List<Fifo> fifos,
        Optional<Mail> mail,
        boolean mailsFaults,
        Optional<Script> onStart,
        Optional<Script> onEnd,
        boolean reportsLocalGroups,
        List<List<String>> pacedTogether,
        String interfacePrefix,
        Optional<String> addressInterfacePrefix,
        List<VirtualAddress> addresses,
        List<VirtualRoute> routes,
        List<VirtualRule> rules,
        List<StaticGroup> staticGroups) {
    private static final String INTERFACE_PREFIX = "vrrp";
    private static final int LONGEST_PREFIX = 10;

    /** No delays, no script security, nobody is told. */
    public static final VrrpSettings DEFAULT = builder().build();

    /**
     * A named pipe; it is made where it is missing.
     *
     * @param path of the pipe
     * @param reader a program that is started with the path as its last argument; absent for none
     */
    public record Fifo(Path path, Optional<Notifications.Command> reader) {
        public Fifo {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(reader, "reader");
        }
    }

    /**
     * A program that is waited for.
     *
     * @param timeout after which it is killed; greater than zero
     */
    public record Script(Notifications.Command command, Duration timeout) {
        public Script {
            Objects.requireNonNull(command, "command");
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout must be greater than zero");
            }
        }
    }

    /**
     * How mails are sent: plain SMTP without authentication, as keepalived does.
     *
     * @param server host, which is resolved when a mail is sent, and port
     * @param from the sender
     * @param to at least one
     * @param heloName what we call ourselves; empty for the host's name
     * @param timeout for connecting and for each answer
     */
    public record Mail(InetSocketAddress server, String from, List<String> to, String heloName, Duration timeout) {
        public Mail {
            Objects.requireNonNull(server, "server");
            Objects.requireNonNull(heloName, "heloName");
            to = List.copyOf(to);
            if (from.isEmpty() || to.isEmpty()) {
                throw new IllegalArgumentException("a mail needs a sender and somebody who gets it");
            }
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout must be greater than zero");
            }
        }
    }

    public VrrpSettings {
        Objects.requireNonNull(routerId, "routerId");
        if (startDelay.isNegative() || bootDelay.isNegative()) {
            throw new IllegalArgumentException("a delay is negative");
        }
        Objects.requireNonNull(scriptUser, "scriptUser");
        fifos = List.copyOf(fifos);
        Objects.requireNonNull(mail, "mail");
        Objects.requireNonNull(onStart, "onStart");
        Objects.requireNonNull(onEnd, "onEnd");
        pacedTogether = pacedTogether.stream().map(List::copyOf).toList();
        checkGroups(pacedTogether);
        checkPrefix(interfacePrefix);
        addressInterfacePrefix.ifPresent(VrrpSettings::checkPrefix);
        addresses = List.copyOf(addresses);
        if (addresses.stream().anyMatch(address -> address.virtualMac().isPresent())) {
            throw new IllegalArgumentException("an address that does not move has no virtualMac");
        }
        routes = List.copyOf(routes);
        rules = List.copyOf(rules);
        staticGroups = List.copyOf(staticGroups);
    }

    private static void checkGroups(List<List<String>> groups) {
        var seen = new HashSet<String>();
        for (var group : groups) {
            group.forEach(InterfaceNames::check);
            for (var name : group) {
                if (!seen.add(name)) {
                    throw new IllegalArgumentException("interface " + name + " is paced together twice");
                }
            }
        }
    }

    private static void checkPrefix(String prefix) {
        InterfaceNames.check(prefix);
        if (prefix.length() > LONGEST_PREFIX) {
            throw new IllegalArgumentException(
                    "'" + prefix + "' is too long to begin the name of an interface; expected 1 to 10 characters");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private String routerId = "";
        private Duration startDelay = Duration.ZERO;
        private Duration bootDelay = Duration.ZERO;
        private String scriptUser = "";
        private boolean scriptSecurity;
        private final List<Fifo> fifos = new ArrayList<>();
        private Optional<Mail> mail = Optional.empty();
        private boolean mailsFaults = true;
        private Optional<Script> onStart = Optional.empty();
        private Optional<Script> onEnd = Optional.empty();
        private boolean reportsLocalGroups = true;
        private final List<List<String>> pacedTogether = new ArrayList<>();
        private String interfacePrefix = INTERFACE_PREFIX;
        private Optional<String> addressInterfacePrefix = Optional.empty();
        private final List<VirtualAddress> addresses = new ArrayList<>();
        private final List<VirtualRoute> routes = new ArrayList<>();
        private final List<VirtualRule> rules = new ArrayList<>();
        private final List<StaticGroup> staticGroups = new ArrayList<>();

        private Builder() {}

        public Builder routerId(String given) {
            routerId = given;
            return this;
        }

        public Builder startDelay(Duration given) {
            startDelay = given;
            return this;
        }

        public Builder bootDelay(Duration given) {
            bootDelay = given;
            return this;
        }

        public Builder scriptUser(String given) {
            scriptUser = given;
            return this;
        }

        public Builder scriptSecurity(boolean given) {
            scriptSecurity = given;
            return this;
        }

        /** One more. */
        public Builder fifo(Fifo given) {
            fifos.add(given);
            return this;
        }

        public Builder mail(Mail given) {
            mail = Optional.of(given);
            return this;
        }

        public Builder mailsFaults(boolean given) {
            mailsFaults = given;
            return this;
        }

        public Builder onStart(Script given) {
            onStart = Optional.of(given);
            return this;
        }

        public Builder onEnd(Script given) {
            onEnd = Optional.of(given);
            return this;
        }

        public Builder reportsLocalGroups(boolean given) {
            reportsLocalGroups = given;
            return this;
        }

        /** One more group of interfaces. */
        public Builder pacedTogether(List<String> given) {
            pacedTogether.add(given);
            return this;
        }

        /** @throws IllegalArgumentException where no name of an interface begins so, with the reason */
        public Builder interfacePrefix(String given) {
            checkPrefix(given);
            interfacePrefix = given;
            return this;
        }

        /** @throws IllegalArgumentException where no name of an interface begins so, with the reason */
        public Builder addressInterfacePrefix(String given) {
            checkPrefix(given);
            addressInterfacePrefix = Optional.of(given);
            return this;
        }

        /** One more. */
        public Builder address(VirtualAddress given) {
            addresses.add(given);
            return this;
        }

        /** One more. */
        public Builder route(VirtualRoute given) {
            routes.add(given);
            return this;
        }

        /** One more. */
        public Builder rule(VirtualRule given) {
            rules.add(given);
            return this;
        }

        /** One more. */
        public Builder staticGroup(StaticGroup given) {
            staticGroups.add(given);
            return this;
        }

        public VrrpSettings build() {
            return new VrrpSettings(
                    routerId,
                    startDelay,
                    bootDelay,
                    scriptUser,
                    scriptSecurity,
                    fifos,
                    mail,
                    mailsFaults,
                    onStart,
                    onEnd,
                    reportsLocalGroups,
                    pacedTogether,
                    interfacePrefix,
                    addressInterfacePrefix,
                    addresses,
                    routes,
                    rules,
                    staticGroups);
        }
    }
}

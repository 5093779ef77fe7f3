package io.steelyard.config.keepalived;

import io.steelyard.api.Position;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.Notifications.Command;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.config.keepalived.grammar.Entry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** {@code global_defs}: what holds for the process, and the defaults of routers. */
final class Globals {
    private static final int SMTP_PORT = 25;
    private static final int FIRST_RULE_PRIORITY = 16_384;

    private final Findings findings;
    private final Values values;
    private final VrrpSettings.Builder settings = VrrpSettings.builder();
    private final Map<String, Path> fifos = new LinkedHashMap<>();
    private final Map<String, Command> fifoReaders = new LinkedHashMap<>();
    private final List<String> recipients = new ArrayList<>();
    private InetSocketAddress mailServer = InetSocketAddress.createUnresolved("127.0.0.1", SMTP_PORT);
    private String mailFrom = "";
    private String heloName = "";
    private Duration mailTimeout = Duration.ofSeconds(30);
    private Optional<Command> startScript = Optional.empty();
    private Optional<Command> endScript = Optional.empty();
    private Duration startTimeout = Duration.ofSeconds(10);
    private Duration endTimeout = Duration.ofSeconds(10);

    /** Of this machine. */
    final MachineNames names = MachineNames.system();

    private final int[] nextRulePriority = {FIRST_RULE_PRIORITY, FIRST_RULE_PRIORITY};
    final AnnouncementWords announcements;
    Optional<Duration> arpPacing = Optional.empty();
    Optional<Duration> neighbourPacing = Optional.empty();
    Optional<InetAddress> group4 = Optional.empty();
    Optional<InetAddress> group6 = Optional.empty();
    Optional<Entry> iptables = Optional.empty();
    Optional<String> defaultInterface = Optional.empty();
    OptionalInt downAdverts = OptionalInt.empty();
    int version = 2;
    boolean isStrict;
    boolean hasFewArp;
    boolean ignoresLower;
    boolean answersHigher;
    boolean skipsAddressCheck;
    boolean checksSource;
    boolean ownerIgnoresAdverts;
    boolean mails;
    boolean tellsPriority;

    Globals(Findings findings) {
        this.findings = findings;
        values = new Values(findings);
        announcements = new AnnouncementWords(values, findings);
    }

    void read(Entry block) {
        Blocks.read(block.entries(), KeywordTable.GLOBAL, findings, entry -> {
            if (!announcements.read(entry) && !readRouter(entry) && !readMail(entry)) {
                readProcess(entry);
            }
        });
    }

    private boolean readRouter(Entry entry) {
        switch (entry.keyword()) {
            case "vrrp_version" -> values.number(entry, 2, 3).ifPresent(given -> version = given);
            case "vrrp_strict" -> isStrict = true;
            case "vrrp_min_garp" -> hasFewArp = values.truth(entry);
            case "vrrp_lower_prio_no_advert" -> ignoresLower = values.truth(entry);
            case "vrrp_higher_prio_send_advert" -> answersHigher = values.truth(entry);
            case "vrrp_skip_check_adv_addr" -> skipsAddressCheck = values.truth(entry);
            case "vrrp_check_unicast_src" -> checksSource = values.truth(entry);
            case "vrrp_owner_ignore_adverts" -> ownerIgnoresAdverts = values.truth(entry);
            case "vrrp_down_timer_adverts" -> downAdverts = values.number(entry, 1, 100);
            case "vrrp_garp_interval" -> arpPacing = values.seconds(entry, 0, 86_400);
            case "vrrp_gna_interval" -> neighbourPacing = values.seconds(entry, 0, 86_400);
            case "vrrp_mcast_group4" -> group4 = values.address(entry);
            case "vrrp_mcast_group6" -> group6 = values.address(entry);
            case "vmac_prefix" -> readPrefix(entry, settings::interfacePrefix);
            case "vmac_addr_prefix" -> readPrefix(entry, settings::addressInterfacePrefix);
            case "default_interface" -> defaultInterface = values.name(entry);
            case "vrrp_notify_priority_changes" -> tellsPriority = values.truth(entry);
            case "vrrp_iptables" -> iptables = Optional.of(entry);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readPrefix(Entry entry, Consumer<String> to) {
        values.name(entry).ifPresent(prefix -> {
            try {
                to.accept(prefix);
            } catch (IllegalArgumentException wrong) {
                findings.error(entry.arguments().getFirst().position(), String.valueOf(wrong.getMessage()), "");
            }
        });
    }

    private boolean readMail(Entry entry) {
        switch (entry.keyword()) {
            case "notification_email" ->
                entry.entries().forEach(line -> line.words().forEach(word -> recipients.add(word.text())));
            case "notification_email_from" -> values.name(entry).ifPresent(given -> mailFrom = given);
            case "smtp_server" -> readMailServer(entry);
            case "smtp_helo_name" -> values.name(entry).ifPresent(given -> heloName = given);
            case "smtp_connect_timeout" -> values.seconds(entry, 0.001, 86_400).ifPresent(time -> mailTimeout = time);
            case "smtp_alert", "smtp_alert_vrrp" -> mails = values.truth(entry);
            case "no_email_faults" -> settings.mailsFaults(false);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readMailServer(Entry entry) {
        var arguments = entry.arguments();
        if (arguments.isEmpty() || arguments.size() > 2) {
            values.wrongCount(entry, "a host, and perhaps a port");
            return;
        }
        int port = arguments.size() == 1
                ? SMTP_PORT
                : values.number(arguments.get(1), "port", 1, 65_535).orElse(SMTP_PORT);
        mailServer = InetSocketAddress.createUnresolved(arguments.getFirst().text(), port);
    }

    private void readProcess(Entry entry) {
        switch (entry.keyword()) {
            case "router_id" -> values.name(entry).ifPresent(settings::routerId);
            case "vrrp_startup_delay" -> values.seconds(entry, 0, 86_400).ifPresent(settings::startDelay);
            case "vrrp_delay_after_boot" -> values.seconds(entry, 0, 86_400).ifPresent(settings::bootDelay);
            case "disable_local_igmp" -> settings.reportsLocalGroups(false);
            case "enable_script_security" -> settings.scriptSecurity(true);
            case "script_user" -> {
                if (entry.arguments().isEmpty() || entry.arguments().size() > 2) {
                    values.wrongCount(entry, "a user, and perhaps a group");
                } else {
                    Commands.user(entry.arguments()).ifPresent(settings::scriptUser);
                }
            }
            case "startup_script" -> startScript = new Commands(findings).withUser(entry);
            case "shutdown_script" -> endScript = new Commands(findings).withUser(entry);
            case "startup_script_timeout" ->
                values.number(entry, 1, 1_000).ifPresent(seconds -> startTimeout = Duration.ofSeconds(seconds));
            case "shutdown_script_timeout" ->
                values.number(entry, 1, 1_000).ifPresent(seconds -> endTimeout = Duration.ofSeconds(seconds));
            case "notify_fifo", "vrrp_notify_fifo" -> readFifo(entry);
            case "notify_fifo_script", "vrrp_notify_fifo_script" ->
                new Commands(findings)
                        .withUser(entry)
                        .ifPresent(command -> fifoReaders.put(
                                entry.keyword().substring(0, entry.keyword().length() - "_script".length()), command));
            default -> throw new IllegalStateException(entry.keyword() + " is in the table and nobody reads it");
        }
    }

    private void readFifo(Entry entry) {
        if (entry.arguments().isEmpty()) {
            values.wrongCount(entry, "a path");
            return;
        }
        var word = entry.arguments().getFirst();
        try {
            fifos.put(entry.keyword(), Path.of(word.text()));
        } catch (InvalidPathException wrong) {
            findings.error(word.position(), "'" + word + "' is no file name", "a path");
        }
    }

    /** The priority of a rule that says none: keepalived counts down, each family for itself. */
    int nextRulePriority(AddressFamily family) {
        return nextRulePriority[family.ordinal()]--;
    }

    /** What holds for the process; static addresses and the like are added to it. */
    VrrpSettings.Builder settings(Position at) {
        fifos.forEach((keyword, path) ->
                settings.fifo(new VrrpSettings.Fifo(path, Optional.ofNullable(fifoReaders.get(keyword)))));
        startScript.ifPresent(command -> settings.onStart(new VrrpSettings.Script(command, startTimeout)));
        endScript.ifPresent(command -> settings.onEnd(new VrrpSettings.Script(command, endTimeout)));
        if (!recipients.isEmpty()) {
            try {
                settings.mail(new VrrpSettings.Mail(
                        mailServer, mailFrom.isEmpty() ? "keepalived" : mailFrom, recipients, heloName, mailTimeout));
            } catch (IllegalArgumentException wrong) {
                findings.refused(at, wrong);
            }
        }
        return settings;
    }
}

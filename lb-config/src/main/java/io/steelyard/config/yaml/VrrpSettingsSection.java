package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.StaticGroup;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.api.vrrp.VrrpSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@link VrrpSettings}. */
final class VrrpSettingsSection extends Section<VrrpSettings> {
    private final Key<VrrpSettings, String> routerId = optional(
            "routerId",
            Forms.text(),
            VrrpSettings::routerId,
            "",
            "This machine's name in mails and between peers; empty for the host's name.");
    private final Key<VrrpSettings, Duration> startDelay = optional(
            "startDelay",
            Forms.time(),
            VrrpSettings::startDelay,
            Duration.ZERO,
            "For how long after the start no timer runs, while adverts are heard.");
    private final Key<VrrpSettings, Duration> bootDelay = optional(
            "bootDelay",
            Forms.time(),
            VrrpSettings::bootDelay,
            Duration.ZERO,
            "Until the machine has been up for so long nothing is sent or heard.");
    private final Key<VrrpSettings, String> scriptUser = optional(
            "scriptUser",
            Forms.text(),
            VrrpSettings::scriptUser,
            "",
            "Who runs scripts: a user, or `user:group`; empty for `keepalived_script` where there is such a user, and else whoever runs this process.");
    private final Key<VrrpSettings, Boolean> scriptSecurity = optional(
            "scriptSecurity",
            Forms.flag(),
            VrrpSettings::scriptSecurity,
            false,
            "Scripts that others than root may change are refused when root runs them.");
    private final Key<VrrpSettings, List<VrrpSettings.Fifo>> fifos = optional(
            "fifos",
            Forms.list(Forms.shortened(new FifoSection(), "path")),
            VrrpSettings::fifos,
            List.of(),
            "Named pipes where each change of state is written.");
    private final Key<VrrpSettings, VrrpSettings.Mail> mail =
            absent("mail", new MailSection(), VrrpSettings::mail, "none are sent", "How mails are sent.");
    private final Key<VrrpSettings, Boolean> mailsFaults =
            optional("mailsFaults", Forms.flag(), VrrpSettings::mailsFaults, true, "Whether mails tell of faults too.");
    private final Key<VrrpSettings, VrrpSettings.Script> onStart = absent(
            "onStart",
            new ScriptSection(),
            VrrpSettings::onStart,
            "nothing",
            "Run and waited for before the first router begins.");
    private final Key<VrrpSettings, VrrpSettings.Script> onEnd = absent(
            "onEnd",
            new ScriptSection(),
            VrrpSettings::onEnd,
            "nothing",
            "Run and waited for after the last router has ended.");
    private final Key<VrrpSettings, Boolean> reportsLocalGroups = optional(
            "reportsLocalGroups",
            Forms.flag(),
            VrrpSettings::reportsLocalGroups,
            true,
            "Whether the kernel reports memberships in groups of 224.0.0.0/24.");
    private final Key<VrrpSettings, List<List<String>>> pacedTogether = optional(
            "pacedTogether",
            Forms.list(Forms.list(Forms.text())),
            VrrpSettings::pacedTogether,
            List.of(),
            "Groups of interfaces: announcements by those of a group leave one after the other, with the routers' pauses.");
    private final Key<VrrpSettings, String> interfacePrefix = optional(
            "interfacePrefix",
            Forms.text(),
            VrrpSettings::interfacePrefix,
            VrrpSettings.DEFAULT.interfacePrefix(),
            "How names of interfaces begin that routers have for themselves; `6` for IPv6, a dot and the router's id follow. At most 10 characters.");
    private final Key<VrrpSettings, String> addressInterfacePrefix = absent(
            "addressInterfacePrefix",
            Forms.text(),
            VrrpSettings::addressInterfacePrefix,
            "that of routers",
            "The same for interfaces of single addresses.");
    private final Key<VrrpSettings, List<VirtualAddress>> addresses = optional(
            "addresses",
            VirtualAddressSection.list(),
            VrrpSettings::addresses,
            List.of(),
            "Addresses that this machine has while the process lives, whatever the routers do.");
    private final Key<VrrpSettings, List<VirtualRoute>> routes = optional(
            "routes", Forms.list(new VirtualRouteSection()), VrrpSettings::routes, List.of(), "The same for routes.");
    private final Key<VrrpSettings, List<VirtualRule>> rules = optional(
            "rules", Forms.list(new VirtualRuleSection()), VrrpSettings::rules, List.of(), "The same for rules.");
    private final Key<VrrpSettings, List<StaticGroup>> staticGroups = optional(
            "staticGroups",
            Forms.list(new StaticGroupSection()),
            VrrpSettings::staticGroups,
            List.of(),
            "The same for what virtual routers need.");

    VrrpSettingsSection() {
        super("VRRP settings");
    }

    @Override
    VrrpSettings make(Values values) {
        return new VrrpSettings(
                values.or(routerId, ""),
                values.or(startDelay, Duration.ZERO),
                values.or(bootDelay, Duration.ZERO),
                values.or(scriptUser, ""),
                values.or(scriptSecurity, false),
                values.or(fifos, List.of()),
                values.find(mail),
                values.or(mailsFaults, true),
                values.find(onStart),
                values.find(onEnd),
                values.or(reportsLocalGroups, true),
                values.or(pacedTogether, List.of()),
                values.or(interfacePrefix, VrrpSettings.DEFAULT.interfacePrefix()),
                values.find(addressInterfacePrefix),
                values.or(addresses, List.of()),
                values.or(routes, List.of()),
                values.or(rules, List.of()),
                values.or(staticGroups, List.of()));
    }

    /** {@link StaticGroup}. */
    static final class StaticGroupSection extends Section<StaticGroup> {
        private final Key<StaticGroup, String> name = required("name", Forms.text(), StaticGroup::name, "For people.");
        private final Key<StaticGroup, List<String>> routers = required(
                "routers",
                Forms.list(Forms.text()),
                StaticGroup::routers,
                "Virtual routers that are in FAULT while something of it is missing.");
        private final Key<StaticGroup, List<VirtualAddress>> addresses = optional(
                "addresses",
                VirtualAddressSection.list(),
                StaticGroup::addresses,
                List.of(),
                "Addresses that this machine has while the process lives.");
        private final Key<StaticGroup, List<VirtualRoute>> routes = optional(
                "routes",
                Forms.list(new VirtualRouteSection()),
                StaticGroup::routes,
                List.of(),
                "The same for routes.");
        private final Key<StaticGroup, List<VirtualRule>> rules = optional(
                "rules", Forms.list(new VirtualRuleSection()), StaticGroup::rules, List.of(), "The same for rules.");

        StaticGroupSection() {
            super("static group");
        }

        @Override
        StaticGroup make(Values values) {
            return new StaticGroup(
                    values.get(name),
                    values.get(routers),
                    values.or(addresses, List.of()),
                    values.or(routes, List.of()),
                    values.or(rules, List.of()));
        }
    }

    /** {@link VrrpSettings.Fifo}. */
    static final class FifoSection extends Section<VrrpSettings.Fifo> {
        private final Key<VrrpSettings.Fifo, Path> path = required(
                "path",
                Forms.parsed("path", Path::of, Path::toString),
                VrrpSettings.Fifo::path,
                "Made where it is missing.");
        private final Key<VrrpSettings.Fifo, Notifications.Command> reader = absent(
                "reader",
                new NotificationsSection.CommandSection(),
                VrrpSettings.Fifo::reader,
                "none",
                "A program that is started with the path as its last argument.");

        FifoSection() {
            super("FIFO");
        }

        @Override
        VrrpSettings.Fifo make(Values values) {
            return new VrrpSettings.Fifo(values.get(path), values.find(reader));
        }
    }

    /** {@link VrrpSettings.Script}. */
    static final class ScriptSection extends Section<VrrpSettings.Script> {
        private static final Duration TIMEOUT = Duration.ofSeconds(10);

        private final Key<VrrpSettings.Script, Notifications.Command> command = required(
                "command", new NotificationsSection.CommandSection(), VrrpSettings.Script::command, "The program.");
        private final Key<VrrpSettings.Script, Duration> timeout =
                optional("timeout", Forms.positiveTime(), VrrpSettings.Script::timeout, TIMEOUT, "When it is killed.");

        ScriptSection() {
            super("process script");
        }

        @Override
        VrrpSettings.Script make(Values values) {
            return new VrrpSettings.Script(values.get(command), values.or(timeout, TIMEOUT));
        }
    }

    /** {@link VrrpSettings.Mail}. */
    static final class MailSection extends Section<VrrpSettings.Mail> {
        private static final Duration TIMEOUT = Duration.ofSeconds(30);

        private final Key<VrrpSettings.Mail, InetSocketAddress> server =
                required("server", Endpoints.named(), VrrpSettings.Mail::server, "Plain SMTP, without authentication.");
        private final Key<VrrpSettings.Mail, String> from =
                required("from", Forms.text(), VrrpSettings.Mail::from, "The sender.");
        private final Key<VrrpSettings.Mail, List<String>> to =
                required("to", Forms.list(Forms.text()), VrrpSettings.Mail::to, "Who gets them.");
        private final Key<VrrpSettings.Mail, String> heloName = optional(
                "heloName",
                Forms.text(),
                VrrpSettings.Mail::heloName,
                "",
                "What we call ourselves; empty for the host's name.");
        private final Key<VrrpSettings.Mail, Duration> timeout = optional(
                "timeout",
                Forms.positiveTime(),
                VrrpSettings.Mail::timeout,
                TIMEOUT,
                "For connecting and each answer.");

        MailSection() {
            super("mail");
        }

        @Override
        VrrpSettings.Mail make(Values values) {
            return new VrrpSettings.Mail(
                    values.get(server),
                    values.get(from),
                    values.get(to),
                    values.or(heloName, ""),
                    values.or(timeout, TIMEOUT));
        }
    }
}

package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.SplitBrainDefence.Fencing;
import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.api.vrrp.SplitBrainDefence.Reachability;
import io.steelyard.api.vrrp.SplitBrainDefence.Witness;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@link SplitBrainDefence}. */
final class DefenceSection extends Section<SplitBrainDefence> {
    private static final SplitBrainDefence DEFAULTS = SplitBrainDefence.DEFAULT;

    private final Key<SplitBrainDefence, Integer> lifetimeAdverts = optional(
            "lifetimeAdverts",
            Forms.whole(0, 100),
            SplitBrainDefence::lifetimeAdverts,
            DEFAULTS.lifetimeAdverts(),
            "For how many advert intervals the kernel keeps the addresses without being told again; 0 for ever.");
    private final Key<SplitBrainDefence, Boolean> pauseAware = optional(
            "pauseAware",
            Forms.flag(),
            SplitBrainDefence::pauseAware,
            DEFAULTS.pauseAware(),
            "After a long pause of this process the router becomes backup before it says a word.");
    private final Key<SplitBrainDefence, AddressProbe> addressProbe = optional(
            "addressProbe",
            Forms.word(AddressProbe.class),
            SplitBrainDefence::addressProbe,
            DEFAULTS.addressProbe(),
            "Whether others are asked for the addresses before they are claimed, and what an answer means.");
    private final Key<SplitBrainDefence, Boolean> detectsConflicts = optional(
            "detectsConflicts",
            Forms.flag(),
            SplitBrainDefence::detectsConflicts,
            DEFAULTS.detectsConflicts(),
            "Others that claim the addresses while we have them are reported.");
    private final Key<SplitBrainDefence, Duration> backupCheck = optional(
            "backupCheck",
            Forms.time(),
            SplitBrainDefence::backupCheck,
            DEFAULTS.backupCheck(),
            "Every how often a backup asks who has the addresses; `0s` for never.");
    private final Key<SplitBrainDefence, List<HeartbeatPath>> paths = optional(
            "paths",
            Forms.named(new PathSection(), HeartbeatPath::name),
            SplitBrainDefence::paths,
            List.of(),
            "More ways on which the routers hear each other, by name; one that falls silent is a warning and no takeover.");
    private final Key<SplitBrainDefence, String> pathKey = absent(
            "pathKey",
            Forms.text(),
            SplitBrainDefence::pathKey,
            "unsigned",
            "What messages on these ways are signed with, at least 16 bytes.");
    private final Key<SplitBrainDefence, Witness> witness = absent(
            "witness",
            new WitnessSection(),
            SplitBrainDefence::witness,
            "none",
            "A third place without whose lease nobody is active.");
    private final Key<SplitBrainDefence, Reachability> reachability = absent(
            "reachability",
            new ReachabilitySection(),
            SplitBrainDefence::reachability,
            "none",
            "Hosts that must answer before addresses are claimed.");
    private final Key<SplitBrainDefence, Boolean> fingerprint = optional(
            "fingerprint",
            Forms.flag(),
            SplitBrainDefence::fingerprint,
            DEFAULTS.fingerprint(),
            "The routers compare their configurations, and foreign routers with our addresses are reported.");
    private final Key<SplitBrainDefence, Fencing> fencing = absent(
            "fencing",
            new FencingSection(),
            SplitBrainDefence::fencing,
            "none",
            "What is done to the former active router before its addresses are claimed.");

    DefenceSection() {
        super("split-brain defence");
    }

    @Override
    SplitBrainDefence make(Values values) {
        return new SplitBrainDefence(
                values.or(lifetimeAdverts, DEFAULTS.lifetimeAdverts()),
                values.or(pauseAware, DEFAULTS.pauseAware()),
                values.or(addressProbe, DEFAULTS.addressProbe()),
                values.or(detectsConflicts, DEFAULTS.detectsConflicts()),
                values.or(backupCheck, DEFAULTS.backupCheck()),
                values.or(paths, List.of()),
                values.find(pathKey),
                values.find(witness),
                values.find(reachability),
                values.or(fingerprint, DEFAULTS.fingerprint()),
                values.find(fencing));
    }

    /** {@link HeartbeatPath}. */
    static final class PathSection extends Section<HeartbeatPath> {
        private final Key<HeartbeatPath, InetSocketAddress> local =
                required("local", Endpoints.numeric(), HeartbeatPath::local, "Where this router receives, by UDP.");
        private final Key<HeartbeatPath, String> interfaceName =
                absent("interfaceName", Forms.text(), HeartbeatPath::interfaceName, "any", "The only interface used.");
        private final Key<HeartbeatPath, List<InetSocketAddress>> peers =
                required("peers", Forms.list(Endpoints.numeric()), HeartbeatPath::peers, "Where the others receive.");

        PathSection() {
            super("heartbeat path");
        }

        @Override
        HeartbeatPath make(Values values) {
            return new HeartbeatPath(values.name(), values.get(local), values.find(interfaceName), values.get(peers));
        }
    }

    /** {@link Witness}. */
    static final class WitnessSection extends Section<Witness> {
        private static final Duration LEASE = Duration.ofSeconds(3);
        private static final int DRIFT = 10;

        private final Key<Witness, String> provider =
                required("provider", Forms.text(), Witness::provider, "Such as `steelyard` or `etcd`.");
        private final Key<Witness, Map<String, String>> options =
                optional("options", Forms.texts(), Witness::options, Map.of(), "The provider's own.");
        private final Key<Witness, Duration> lease =
                optional("lease", Forms.positiveTime(), Witness::lease, LEASE, "How long one holds, at least `100ms`.");
        private final Key<Witness, Integer> driftPerMille = optional(
                "driftPerMille",
                Forms.whole(0, 500),
                Witness::driftPerMille,
                DRIFT,
                "By how much clocks may differ in speed.");

        WitnessSection() {
            super("witness");
        }

        @Override
        Witness make(Values values) {
            return new Witness(
                    values.get(provider),
                    values.or(options, Map.of()),
                    values.or(lease, LEASE),
                    values.or(driftPerMille, DRIFT));
        }
    }

    /** {@link Reachability}. */
    static final class ReachabilitySection extends Section<Reachability> {
        private static final Reachability DEFAULTS = Reachability.gateway();

        private final Key<Reachability, Boolean> gateways = optional(
                "gateways",
                Forms.flag(),
                Reachability::gateways,
                DEFAULTS.gateways(),
                "The default gateway of the router's interface is asked too.");
        private final Key<Reachability, List<InetAddress>> hosts = optional(
                "hosts", Forms.list(Endpoints.address()), Reachability::hosts, List.of(), "Others that are asked.");
        private final Key<Reachability, Integer> leastAnswers = optional(
                "leastAnswers",
                Forms.whole(1, Integer.MAX_VALUE),
                Reachability::leastAnswers,
                DEFAULTS.leastAnswers(),
                "How many of all must answer.");
        private final Key<Reachability, Duration> interval = optional(
                "interval",
                Forms.positiveTime(),
                Reachability::interval,
                DEFAULTS.interval(),
                "From one round to the next.");
        private final Key<Reachability, Duration> timeout = optional(
                "timeout",
                Forms.positiveTime(),
                Reachability::timeout,
                DEFAULTS.timeout(),
                "How long an answer may take.");
        private final Key<Reachability, Integer> fall = optional(
                "fall",
                Forms.whole(1, Integer.MAX_VALUE),
                Reachability::fall,
                DEFAULTS.fall(),
                "Rounds in a row with too few answers after which this machine counts as isolated.");
        private final Key<Reachability, Boolean> demotes = optional(
                "demotes",
                Forms.flag(),
                Reachability::demotes,
                DEFAULTS.demotes(),
                "An isolated router that is active becomes FAULT; else it is kept from becoming active only.");

        ReachabilitySection() {
            super("reachability");
        }

        @Override
        Reachability make(Values values) {
            return new Reachability(
                    values.or(gateways, DEFAULTS.gateways()),
                    values.or(hosts, List.of()),
                    values.or(leastAnswers, DEFAULTS.leastAnswers()),
                    values.or(interval, DEFAULTS.interval()),
                    values.or(timeout, DEFAULTS.timeout()),
                    values.or(fall, DEFAULTS.fall()),
                    values.or(demotes, DEFAULTS.demotes()));
        }
    }

    /** {@link Fencing}. */
    static final class FencingSection extends Section<Fencing> {
        private static final Duration TIMEOUT = Duration.ofSeconds(10);

        private final Key<Fencing, String> provider =
                required("provider", Forms.text(), Fencing::provider, "Such as `script`.");
        private final Key<Fencing, Map<String, String>> options =
                optional("options", Forms.texts(), Fencing::options, Map.of(), "The provider's own.");
        private final Key<Fencing, Duration> timeout = optional(
                "timeout", Forms.positiveTime(), Fencing::timeout, TIMEOUT, "After which it counts as failed.");
        private final Key<Fencing, Boolean> isRequired = optional(
                "required",
                Forms.flag(),
                Fencing::required,
                true,
                "The addresses are claimed only after a success; else after a failure too.");

        FencingSection() {
            super("fencing");
        }

        @Override
        Fencing make(Values values) {
            return new Fencing(
                    values.get(provider),
                    values.or(options, Map.of()),
                    values.or(timeout, TIMEOUT),
                    values.or(isRequired, true));
        }
    }
}

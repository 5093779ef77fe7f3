package io.steelyard.api.plugin;

import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.StatusPageProvider;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.api.vrrp.VirtualRouterProvider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every provider an application can use, by kind and name. Immutable and safe to share.
 *
 * <p>{@link #installed()} finds those of the class and module path; {@link #builder()} adds or leaves out some. A provider that cannot be
 * loaded, throws, asks for a newer API or is not available here is left out with one line in the log, and hurts no other. Of two of one
 * kind and name the higher {@link Plugin#priority()} wins (then the class name that sorts first). Whatever is found wrong is logged once,
 * however many sets of providers a program makes.
 */
public final class Plugins {
    private static final Logger LOG = System.getLogger(Plugins.class.getName());

    /** Beyond this, lines are logged again and again: providers that say something else each time shall not fill the memory. */
    private static final int MOST_LOGGED = 1_000;

    /** What was logged, by whichever thread made a set of providers; each line is added once, which is all that matters. */
    private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]*");

    private final Map<String, SchedulerProvider> schedulers;
    private final Map<String, HealthCheckProvider> healthChecks;
    private final Map<String, ForwarderProvider> forwarders;
    private final Map<String, ConfigurationReader> readers;
    private final Map<String, ExpressionLanguage> languages;
    private final Map<String, VirtualRouterProvider> virtualRouters;
    private final Map<String, StatusPageProvider> statusPages;

    private Plugins(Builder builder) {
        schedulers = builder.named(SchedulerProvider.class);
        healthChecks = builder.named(HealthCheckProvider.class);
        forwarders = builder.named(ForwarderProvider.class);
        readers = builder.named(ConfigurationReader.class);
        languages = builder.named(ExpressionLanguage.class);
        virtualRouters = builder.named(VirtualRouterProvider.class);
        statusPages = builder.named(StatusPageProvider.class);
    }

    /** Everything {@link ServiceLoader} finds. */
    public static Plugins installed() {
        return builder().discover().build();
    }

    /** Starts empty: call {@link Builder#discover()} for what is installed. */
    public static Builder builder() {
        return new Builder();
    }

    public Optional<SchedulerProvider> scheduler(String name) {
        return Optional.ofNullable(schedulers.get(name));
    }

    public Optional<HealthCheckProvider> healthCheck(String name) {
        return Optional.ofNullable(healthChecks.get(name));
    }

    public Optional<ExpressionLanguage> language(String name) {
        return Optional.ofNullable(languages.get(name));
    }

    public Optional<StatusPageProvider> statusPage(String name) {
        return Optional.ofNullable(statusPages.get(name));
    }

    /** All of them, by name. */
    public List<SchedulerProvider> schedulers() {
        return List.copyOf(schedulers.values());
    }

    /** All of them, by name. */
    public List<HealthCheckProvider> healthChecks() {
        return List.copyOf(healthChecks.values());
    }

    /** All of them, by priority, highest first, then by name. */
    public List<ForwarderProvider> forwarders() {
        return forwarders.values().stream().sorted(byPriority()).toList();
    }

    /** All of them, by priority, highest first, then by name. */
    public List<ConfigurationReader> readers() {
        return readers.values().stream().sorted(byPriority()).toList();
    }

    /** The one of highest priority; absent where none is installed. */
    public Optional<VirtualRouterProvider> virtualRouters() {
        return virtualRouters.values().stream().min(byPriority());
    }

    /** Every provider of every kind. */
    public Stream<Plugin> all() {
        return Stream.of(schedulers, healthChecks, forwarders, readers, languages, statusPages, virtualRouters)
                .flatMap(kind -> kind.values().stream());
    }

    private static void logOnce(Level level, String text) {
        if (LOGGED.size() >= MOST_LOGGED || LOGGED.add(text)) {
            LOG.log(level, text);
        }
    }

    private static <T extends Plugin> Comparator<T> byPriority() {
        return Comparator.<T>comparingInt(Plugin::priority).reversed().thenComparing(Plugin::name);
    }

    /** Collects providers; not thread-safe. */
    public static final class Builder {
        private final List<Plugin> found = new ArrayList<>();
        private final List<String> excluded = new ArrayList<>();

        private Builder() {}

        /**
         * Adds what {@link ServiceLoader} finds through the class loader of this library, and through the thread's context class loader
         * for what that one does not see.
         */
        public Builder discover() {
            List.of(
                            SchedulerProvider.class,
                            HealthCheckProvider.class,
                            ForwarderProvider.class,
                            ConfigurationReader.class,
                            ExpressionLanguage.class,
                            StatusPageProvider.class,
                            VirtualRouterProvider.class)
                    .forEach(this::discover);
            return this;
        }

        /** Adds one provider without ServiceLoader, as fat jars that lost their service files need it. */
        public Builder register(Plugin provider) {
            found.add(provider);
            return this;
        }

        /** Leaves out the provider class of this name. */
        public Builder exclude(String className) {
            excluded.add(className);
            return this;
        }

        public Plugins build() {
            return new Plugins(this);
        }

        private void discover(Class<? extends Plugin> kind) {
            discover(kind, ServiceLoader.load(kind, Plugins.class.getClassLoader()));
            discover(kind, ServiceLoader.load(kind));
        }

        private void discover(Class<? extends Plugin> kind, ServiceLoader<? extends Plugin> loader) {
            var iterator = loader.iterator();
            for (int failures = 0; failures < 100; ) {
                try {
                    if (!iterator.hasNext()) {
                        return;
                    }
                    var provider = iterator.next();
                    if (found.stream().noneMatch(known -> known.getClass() == provider.getClass())) {
                        found.add(provider);
                    }
                } catch (ServiceConfigurationError | RuntimeException | LinkageError broken) {
                    failures++;
                    logOnce(
                            Level.WARNING,
                            "left out a broken " + kind.getSimpleName() + ": " + broken.getMessage()
                                    + (broken.getCause() == null ? "" : " (" + broken.getCause() + ")"));
                }
            }
        }

        private <T extends Plugin> Map<String, T> named(Class<T> kind) {
            var byName = new TreeMap<String, T>();
            for (var provider : found) {
                if (kind.isInstance(provider)
                        && !excluded.contains(provider.getClass().getName())
                        && isUsable(provider)) {
                    byName.merge(provider.name(), kind.cast(provider), Builder::winner);
                }
            }
            return new LinkedHashMap<>(byName);
        }

        private static boolean isUsable(Plugin provider) {
            var type = provider.getClass().getName();
            try {
                if (provider.apiVersion() > Plugin.API_VERSION) {
                    logOnce(
                            Level.WARNING,
                            "left out " + type + ": it wants API version " + provider.apiVersion()
                                    + ", this library has " + Plugin.API_VERSION + "; use a newer lb-api");
                    return false;
                }
                if (!NAME.matcher(provider.name()).matches()) {
                    logOnce(
                            Level.WARNING,
                            "left out " + type + ": its name '" + provider.name()
                                    + "' must be lower-case letters, digits and . _ -, beginning with a letter");
                    return false;
                }
                // Asked here so that one that throws is left out before it is compared with others.
                provider.priority();
                Objects.requireNonNull(provider.description(), "description");
                return provider.isAvailable();
            } catch (RuntimeException | LinkageError broken) {
                logOnce(Level.WARNING, "left out " + type + ": it threw " + broken);
                return false;
            }
        }

        private static <T extends Plugin> T winner(T one, T other) {
            var order = Comparator.<T>comparingInt(Plugin::priority)
                    .reversed()
                    .thenComparing(provider -> provider.getClass().getName());
            var winner = order.compare(one, other) <= 0 ? one : other;
            var loser = winner == one ? other : one;
            logOnce(
                    Level.INFO,
                    "two providers are named '" + winner.name() + "': using "
                            + winner.getClass().getName() + " (priority " + winner.priority() + "), not "
                            + loser.getClass().getName() + " (priority " + loser.priority() + ")");
            return winner;
        }
    }
}

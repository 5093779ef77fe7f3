package io.steelyard.api.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {
    /** A provider that keeps the contract. */
    public static class Good implements SchedulerProvider {
        @Override
        public String name() {
            return "good";
        }

        @Override
        public String description() {
            return "fine";
        }

        @Override
        public Scheduler create(Options options) {
            return (candidates, previous) -> flow -> Picker.NONE;
        }
    }

    public static class Important extends Good {
        @Override
        public int priority() {
            return 9;
        }
    }

    public static class ThrowsWhenMade extends Good {
        public ThrowsWhenMade() {
            throw new IllegalStateException("cannot be made");
        }
    }

    public static class ThrowsWhenLoaded extends Good {
        static final int NEVER = Integer.parseInt("not a number");
    }

    /** A provider some of whose methods are given. */
    private static final class Odd extends Good {
        private final Supplier<String> name;
        private final Supplier<String> description;
        private final Supplier<Integer> priority;
        private final Supplier<Boolean> available;
        private final int apiVersion;

        Odd(
                Supplier<String> name,
                Supplier<String> description,
                Supplier<Integer> priority,
                Supplier<Boolean> available,
                int apiVersion) {
            this.name = name;
            this.description = description;
            this.priority = priority;
            this.available = available;
            this.apiVersion = apiVersion;
        }

        static Odd named(Supplier<String> name) {
            return new Odd(name, () -> "odd", () -> 5, () -> true, 1);
        }

        @Override
        public String name() {
            return name.get();
        }

        @Override
        public String description() {
            return description.get();
        }

        @Override
        public int priority() {
            return priority.get();
        }

        @Override
        public boolean isAvailable() {
            return available.get();
        }

        @Override
        public int apiVersion() {
            return apiVersion;
        }
    }

    private static <T> Supplier<T> throwing() {
        return () -> {
            throw new IllegalStateException("broken");
        };
    }

    private static List<String> namesOf(Plugins plugins) {
        return plugins.schedulers().stream().map(Plugin::name).toList();
    }

    @Test
    void providersAreRegisteredInCode() {
        var good = new Good();
        var plugins = Plugins.builder().register(good).build();
        assertThat(plugins.scheduler("good")).containsSame(good);
        assertThat(plugins.scheduler("other")).isEmpty();
        assertThat(plugins.healthCheck("good")).isEmpty();
        assertThat(plugins.all()).containsExactly(good);
    }

    @Test
    void brokenProvidersHurtNoOther() {
        var plugins = Plugins.builder()
                .register(Odd.named(throwing()))
                .register(new Odd(() -> "a", throwing(), () -> 5, () -> true, 1))
                .register(new Odd(() -> "good", () -> "b", throwing(), () -> true, 1))
                .register(new Odd(() -> "c", () -> "c", () -> 5, throwing(), 1))
                .register(new Odd(() -> "d", () -> "d", () -> 5, () -> true, Plugin.API_VERSION + 1))
                .register(new Odd(() -> "e", () -> "e", () -> 5, () -> false, 1))
                .register(Odd.named(() -> "Bad Name"))
                .register(Odd.named(() -> "1st"))
                .register(Odd.named(() -> ""))
                .register(new Good())
                .register(Odd.named(() -> "odd.but_fine-2"))
                .build();
        assertThat(namesOf(plugins)).containsExactly("good", "odd.but_fine-2");
        assertThat(plugins.scheduler("good").orElseThrow()).isExactlyInstanceOf(Good.class);
    }

    @Test
    void higherPriorityWinsAName() {
        var important = new Important();
        assertThat(Plugins.builder()
                        .register(new Good())
                        .register(important)
                        .build()
                        .scheduler("good"))
                .containsSame(important);
        assertThat(Plugins.builder()
                        .register(important)
                        .register(new Good())
                        .build()
                        .scheduler("good"))
                .containsSame(important);
    }

    @Test
    void excludedProviderLosesItsName() {
        var plugins = Plugins.builder()
                .register(new Good())
                .register(new Important())
                .exclude(Important.class.getName())
                .build();
        assertThat(plugins.scheduler("good").orElseThrow()).isExactlyInstanceOf(Good.class);
    }

    @Test
    void discoveryPassesProvidersThatCannotBeLoaded(@TempDir Path directory) throws IOException {
        var classes = List.of(ThrowsWhenMade.class, Good.class, ThrowsWhenLoaded.class, Important.class);
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        try (var loader = new PluginLoader(directory, classes)) {
            thread.setContextClassLoader(loader);
            var plugins = Plugins.installed();
            var found = plugins.scheduler("good").orElseThrow();
            assertThat(found.getClass().getName()).isEqualTo(Important.class.getName());
            assertThat(found.getClass()).as("from the plug-in's own loader").isNotEqualTo(Important.class);
            assertThat(namesOf(plugins)).containsExactly("good");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Loads copies of classes, and a service file that names them and one that is missing, as a jar of plug-ins would have them. */
    private static final class PluginLoader extends URLClassLoader {
        private final List<String> own;

        PluginLoader(Path directory, List<? extends Class<?>> classes) throws IOException {
            super(new URL[] {directory.toUri().toURL()}, PluginsTest.class.getClassLoader());
            own = classes.stream().map(Class::getName).toList();
            for (var type : classes) {
                var file = type.getName().replace('.', '/') + ".class";
                var target = directory.resolve(file);
                Files.createDirectories(target.getParent());
                try (var bytes = PluginsTest.class.getResourceAsStream("/" + file)) {
                    assertThat(bytes).isNotNull();
                    Files.write(target, bytes.readAllBytes());
                }
            }
            var services = directory.resolve("META-INF/services");
            Files.createDirectories(services);
            Files.writeString(
                    services.resolve(SchedulerProvider.class.getName()),
                    "no.such.Provider\n" + String.join("\n", own) + "\n");
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                return own.contains(name) ? findClass(name) : super.loadClass(name, resolve);
            }
        }
    }
}

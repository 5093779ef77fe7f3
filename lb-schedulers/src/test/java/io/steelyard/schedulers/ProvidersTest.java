package io.steelyard.schedulers;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.lvs.RoundRobinProvider;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The providers this module declares, in its descriptor and for the class path. */
class ProvidersTest {
    private static final String SERVICE = SchedulerProvider.class.getName();

    @Test
    void classPathAndModuleDeclareTheSameProviders() throws IOException, URISyntaxException {
        assertThat(onClassPath()).isNotEmpty().doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(inModule());
    }

    @Test
    void everyProviderIsFoundUnderANameOfItsOwn() throws IOException {
        var providers = Plugins.builder().discover().build().schedulers();
        assertThat(providers)
                .extracting(provider -> provider.getClass().getName())
                .containsAll(onClassPath());
        assertThat(providers).extracting(SchedulerProvider::name).doesNotHaveDuplicates();
    }

    @Test
    void everyProviderClassOfTheModuleIsDeclared() throws IOException, URISyntaxException {
        var root = classes();
        try (Stream<Path> files = Files.walk(root)) {
            var found = new TreeSet<String>();
            files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith("Provider.class"))
                    .forEach(file -> found.add(file.replace(".class", "").replace('/', '.')));
            assertThat(onClassPath()).containsExactlyInAnyOrderElementsOf(found);
        }
    }

    private static List<String> onClassPath() throws IOException {
        try (var file = ProvidersTest.class.getResourceAsStream("/META-INF/services/" + SERVICE)) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static List<String> inModule() throws URISyntaxException {
        return ModuleFinder.of(classes()).find("io.steelyard.schedulers").orElseThrow().descriptor().provides().stream()
                .filter(provides -> provides.service().equals(SERVICE))
                .flatMap(provides -> provides.providers().stream())
                .toList();
    }

    private static Path classes() throws URISyntaxException {
        var source = RoundRobinProvider.class.getProtectionDomain().getCodeSource();
        return Path.of(source.getLocation().toURI());
    }
}

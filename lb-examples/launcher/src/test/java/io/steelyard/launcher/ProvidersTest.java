package io.steelyard.launcher;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An application finds the same providers of ours on its module path as on its class path. */
class ProvidersTest {
    /** A module of ours and where its files are. */
    private record Place(ModuleDescriptor module, String root) {
        @Override
        public String toString() {
            return module.name();
        }
    }

    static List<Place> modules() throws IOException {
        var places = new ArrayList<Place>();
        for (var url : Collections.list(ProvidersTest.class.getClassLoader().getResources("module-info.class"))) {
            try (var bytes = url.openStream()) {
                var module = ModuleDescriptor.read(bytes);
                if (module.name().startsWith("io.steelyard.")) {
                    var text = url.toString();
                    places.add(new Place(module, text.substring(0, text.length() - "module-info.class".length())));
                }
            }
        }
        assertThat(places).hasSizeGreaterThan(5);
        return places;
    }

    @ParameterizedTest
    @MethodSource("modules")
    void theClassPathHasWhatTheModuleProvides(Place place) {
        for (var provides : place.module().provides()) {
            assertThat(named(place, provides.service()))
                    .as(provides.service())
                    .containsExactlyInAnyOrderElementsOf(provides.providers());
        }
    }

    private static TreeSet<String> named(Place place, String service) {
        try (var bytes = url(place.root() + "META-INF/services/" + service).openStream()) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .collect(toCollection(TreeSet::new));
        } catch (IOException absent) {
            return new TreeSet<>();
        }
    }

    private static URL url(String text) throws IOException {
        return URI.create(text).toURL();
    }
}

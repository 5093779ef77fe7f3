package io.steelyard.launcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dependencies point one way: everything to lb-api; the engine knows no plug-in, and plug-ins know neither engine nor pool. */
class DependencyRulesTest {
    private static JavaClasses steelyard;

    @BeforeAll
    static void load() {
        steelyard = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.steelyard");
        for (var module : new String[] {
            "api", "linux", "realip", "vrrp", "pool", "core", "schedulers", "health", "admin", "config", "launcher"
        }) {
            assertThat(steelyard.stream().anyMatch(one -> one.getPackageName().startsWith("io.steelyard." + module)))
                    .as("classes of " + module + " are here to be checked")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.steelyard.schedulers..", "io.steelyard.health..", "io.steelyard.config.."})
    void plugInsKnowOnlyTheApi(String plugIn) {
        noClasses()
                .that()
                .resideInAPackage(plugIn)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.steelyard.core..", "io.steelyard.pool..", "io.steelyard.linux..", "io.steelyard.launcher..")
                .check(steelyard);
    }

    @Test
    void plugInsDoNotKnowEachOther() {
        var plugIns = new String[] {"io.steelyard.schedulers..", "io.steelyard.health..", "io.steelyard.config.."};
        for (var one : plugIns) {
            for (var other : plugIns) {
                if (!one.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage(one)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(other)
                            .check(steelyard);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.steelyard.core..", "io.steelyard.pool..", "io.steelyard.linux.."})
    void theEngineKnowsNoPlugIn(String engine) {
        noClasses()
                .that()
                .resideInAPackage(engine)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.steelyard.schedulers..",
                        "io.steelyard.health..",
                        "io.steelyard.config..",
                        "io.steelyard.launcher..")
                .check(steelyard);
    }

    @Test
    void thePoolKnowsNoSockets() {
        noClasses()
                .that()
                .resideInAPackage("io.steelyard.pool..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.steelyard.core..", "io.steelyard.linux..", "io.netty..")
                .check(steelyard);
    }

    @Test
    void realAddressesKnowOnlyTheApi() {
        classes()
                .that()
                .resideInAPackage("io.steelyard.realip..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.steelyard.api..", "io.steelyard.realip..", "org.jspecify..")
                .check(steelyard);
    }

    /** Its protocol and its defences are pure; only what carries them out knows the system. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.steelyard.vrrp.wire..",
                "io.steelyard.vrrp.election..",
                "io.steelyard.vrrp.announce..",
                "io.steelyard.vrrp.defence.."
            })
    void virtualRoutersDecideWithoutTheSystem(String pure) {
        classes()
                .that()
                .resideInAPackage(pure)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "javax.crypto..", "io.steelyard.api..", "io.steelyard.vrrp..", "org.jspecify..")
                .check(steelyard);
    }

    @Test
    void theEngineKnowsNoVirtualRouters() {
        noClasses()
                .that()
                .resideInAnyPackage("io.steelyard.core..", "io.steelyard.pool..", "io.steelyard.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.steelyard.vrrp..")
                .check(steelyard);
    }

    @Test
    void administrationKnowsOnlyTheApi() {
        classes()
                .that()
                .resideInAPackage("io.steelyard.admin..")
                .should()
                .onlyDependOnClassesThat()
                // Names in certificates have their class in java.base under javax.
                .resideInAnyPackage(
                        "java..",
                        "javax.security.auth.x500..",
                        "io.steelyard.api..",
                        "io.steelyard.admin..",
                        "org.jspecify..")
                .check(steelyard);
    }

    @Test
    void theApiKnowsNobody() {
        classes()
                .that()
                .resideInAPackage("io.steelyard.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.steelyard.api..", "org.jspecify..")
                .check(steelyard);
    }
}

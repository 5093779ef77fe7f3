package io.steelyard.http;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Messages and their codecs are pure: no sockets, no channels, no engine. */
class DependencyRulesTest {
    @Test
    void messagesKnowNoInputAndOutput() {
        var http = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.steelyard.http");
        classes()
                .that()
                .resideInAnyPackage(
                        "io.steelyard.http.message..",
                        "io.steelyard.http.octet..",
                        "io.steelyard.http.h1..",
                        "io.steelyard.http.h2..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.util..",
                        "java.nio",
                        "java.nio.charset",
                        "java.time..",
                        "org.jspecify..",
                        "io.steelyard.http.message..",
                        "io.steelyard.http.octet..",
                        "io.steelyard.http.h1..",
                        "io.steelyard.http.h2..")
                .check(http);
    }
}

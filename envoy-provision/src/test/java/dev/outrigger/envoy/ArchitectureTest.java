// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.outrigger.envoy");

    @Test
    void dependsOnNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrigger.policy..",
                        "dev.outrigger.xds..",
                        "dev.outrigger.dataplane..",
                        "dev.outrigger.conformance..")
                .because("it is the ground others stand on")
                .check(CLASSES);
    }

    @Test
    void neverSleepsOrReadsTheWallClock() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("waiting is for something, within a limit")
                .check(CLASSES);
    }

    @Test
    void keepsContainersBehindTheContainerSource() {
        noClasses()
                .that()
                .haveSimpleNameNotStartingWith("Container")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.testcontainers..", "com.github.dockerjava..")
                .because("an Envoy on PATH must not load a container client")
                .check(CLASSES);
    }

    @Test
    void usesNoNameThatSaysNothing() {
        noClasses()
                .should()
                .haveSimpleNameContaining("Util")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Base")
                .check(CLASSES);
    }
}

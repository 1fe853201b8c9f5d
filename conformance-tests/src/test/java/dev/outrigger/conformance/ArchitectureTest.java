// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.outrigger.conformance");

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.outrigger.conformance.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void seesTheDataPlaneOnlyFromOutside() {
        noClasses()
                .should()
                // What makes certificates is no part of the subject.
                .dependOnClassesThat(
                        resideInAnyPackage("dev.outrigger.dataplane..", "io.netty..")
                                .and(resideOutsideOfPackage("io.netty.pkitesting..")))
                .because("a harness that shares code with its subject shares its faults")
                .check(CLASSES);
    }

    @Test
    void casesAndObservationsAreData() {
        noClasses()
                .that()
                .resideInAnyPackage("..exchange..", "..observe..", "..compare..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "..stage..", "..proxy..")
                .because("what is expected and seen must be judged without running anything")
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

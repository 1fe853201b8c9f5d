// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

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
                    .importPackages("dev.outrigger.benchmarks");

    @Test
    void packagesFormNoCycles() {
        slices().matching("dev.outrigger.benchmarks.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void aProxyIsMeasuredFromOutside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrigger.dataplane..", "dev.outrigger.xds..", "io.netty..")
                .because(
                        "what the proxy under test is made of must not run on the generator's core")
                .check(CLASSES);
    }

    @Test
    void statisticsKnowOnlyNumbers() {
        noClasses()
                .that()
                .resideInAPackage("..statistics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..load..", "..machine..", "..contender..", "..report..")
                .because("they are pure functions, tested without a machine")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveSimpleNameContaining("Util")
                .orShould()
                .haveSimpleNameContaining("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Base")
                .because("such names fit anything")
                .check(CLASSES);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that concern this module. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.outrigger.xds");

    @Test
    void noRoomDependsOnItselfThroughOthers() {
        slices().matching("dev.outrigger.xds.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theIntermediateRepresentationKnowsNoProtobuf() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.outrigger.xds.ir..", "dev.outrigger.xds.resolve..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "io.envoyproxy..")
                .because("stages hand over typed values, and precedence is not about the wire")
                .check(CLASSES);
    }

    @Test
    void theIntermediateRepresentationHoldsValuesOnly() {
        classes()
                .that()
                .resideInAPackage("dev.outrigger.xds.ir..")
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .should()
                .beRecords()
                .orShould()
                .beInterfaces()
                .orShould()
                .beEnums()
                .because("what crosses a stage is immutable")
                .check(CLASSES);
    }

    @Test
    void theProtocolKnowsNoTransport() {
        noClasses()
                .that()
                .haveSimpleNameStartingWith("Sotw")
                .or()
                .haveSimpleNameStartingWith("Delta")
                .or()
                .haveSimpleName("Subscriptions")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.netty..", "java.util.concurrent..")
                .because("the state machines are tested without threads and sockets")
                .check(CLASSES);
    }

    @Test
    void theProtocolKnowsNoPolicy() {
        noClasses()
                .that()
                .resideInAPackage("dev.outrigger.xds.ads..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.outrigger.policy.kind..", "dev.outrigger.xds.ir..")
                .because("a stream serves resources, whatever they mean")
                .check(CLASSES);
    }

    @Test
    void onlyTheAssemblyKnowsTheStoreAndTheRestServer() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.outrigger.xds", "dev.outrigger.xds.bootstrap")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrigger.policy.rest..", "dev.outrigger.policy.store.sqlite..")
                .because("everything else reads a PolicySource")
                .check(CLASSES);
    }

    @Test
    void resourceNamesAreMadeInOnePlace() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.outrigger.xds.ads..", "dev.outrigger.xds.snapshot..")
                .should()
                .dependOnClassesThat()
                .haveSimpleName("ResourceNames")
                .because("names are the translation's; others only carry them")
                .check(CLASSES);
    }

    @Test
    void nobodySleepsReadsTheClockOrRollsDice() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callConstructor(java.util.Random.class)
                .because("time and chance are given, so that tests can fix them")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAClassIs() {
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

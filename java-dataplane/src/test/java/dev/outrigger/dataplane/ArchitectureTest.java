// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of the house that concern this module. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.outrigger.dataplane");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.outrigger.dataplane.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void requestTimeCodeSeesNoProtobuf() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "..config..",
                        "..downstream..",
                        "..exchange..",
                        "..filter..",
                        "..route..",
                        "..upstream..",
                        "..message..",
                        "..worker..",
                        "..accesslog..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "io.envoyproxy..", "io.grpc..")
                .because("proto types stop at the parser")
                .check(CLASSES);
    }

    @Test
    void configAndParseSeeNoNetty() {
        noClasses()
                .that()
                .resideInAnyPackage("..config..", "..parse..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .because("configuration is values, not machinery")
                .check(CLASSES);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .because("time comes from the event loop")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .that()
                .doNotHaveSimpleName("HttpConnectionManager") // Envoy's word
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveNameMatching(".*\\.[A-Za-z]*(Utils?|Helper|Impl|Base)(\\$.*)?")
                .because("such a name tells the reader nothing")
                .check(CLASSES);
    }
}

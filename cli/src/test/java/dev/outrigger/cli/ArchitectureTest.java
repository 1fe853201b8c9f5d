// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that concern this module. */
class ArchitectureTest {
    private static final JavaClasses CLI =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.outrigger.cli");

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.outrigger.cli.(*)..").should().beFreeOfCycles().check(CLI);
    }

    @Test
    void onlyTheServerCommandStartsAControlPlane() {
        // Everything else is a client: it must work against any control plane, over the wire.
        noClasses()
                .that()
                .doNotHaveSimpleName("ServerCommand")
                .and()
                .doNotHaveSimpleName("ApiPortOptions")
                .and()
                .doNotHaveSimpleName("StoreCommand")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.outrigger.xds",
                        "dev.outrigger.policy.store..",
                        "dev.outrigger.policy.rest..")
                .check(CLI);
    }

    @Test
    void nobodySeesTheDataPlane() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.outrigger.dataplane..")
                .check(CLI);
    }

    @Test
    void commandsAreNoLibrary() {
        classes()
                .that()
                .resideInAPackage("dev.outrigger.cli.command")
                .and()
                .doNotHaveSimpleName("OutriggerCommand")
                .and()
                .areTopLevelClasses()
                .should()
                .bePackagePrivate()
                .check(CLI);
    }

    @Test
    void onlyWaitingSleeps() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Waiting")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
                .check(CLI);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Base)").check(CLI);
    }
}

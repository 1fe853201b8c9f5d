// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The rules of the house that concern this module. */
class ArchitectureTest {
    private static final JavaClasses MODULE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.outrigger.policy");

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("dev.outrigger.policy.(**)").should().beFreeOfCycles());
    }

    @Test
    void helidonIsSeenByRestOnly() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("..policy.rest..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("io.helidon..", "io.micrometer.."));
    }

    @Test
    void sqlIsSeenByItsStoreOnly() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("..policy.store.sqlite..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "org.sqlite.."));
    }

    @Test
    void neitherNettyNorProtobufIsSeen() {
        check(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("io.netty..", "com.google.protobuf..", "io.grpc.."));
    }

    @Test
    void documentsKnowNoKinds() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("..policy.document..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "..policy.kind..",
                                "..policy.model..",
                                "..policy.check..",
                                "..policy.store..",
                                "..policy.rest.."));
    }

    @Test
    void readersOfPoliciesDependNeitherOnTheStoreNorOnRest() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "..policy.model..", "..policy.kind..", "..policy.check..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("..policy.store..", "..policy.rest.."));
    }

    @Test
    void theModelHoldsValuesOnly() {
        // The two sets are values too, but keep their maps to themselves.
        Set<String> sets = Set.of("PolicySet", "DocumentSet", "package-info");
        check(
                noClasses()
                        .that()
                        .resideInAPackage("..policy.model..")
                        .should(
                                new ArchCondition<JavaClass>("be anything but values") {
                                    @Override
                                    public void check(JavaClass type, ConditionEvents events) {
                                        boolean isValue =
                                                type.isRecord()
                                                        || type.isEnum()
                                                        || type.isInterface()
                                                        || sets.contains(type.getSimpleName());
                                        events.add(
                                                new SimpleConditionEvent(
                                                        type, !isValue, type.getName()));
                                    }
                                }));
    }

    @Test
    void userExpressionsAreRe2() {
        // java.util.regex backtracks; what users write must not reach it.
        check(
                noClasses()
                        .that()
                        .haveSimpleName("Regexes")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("java.util.regex"));
    }

    @Test
    void timeAndChanceComeFromOutside() {
        check(noClasses().should().callMethod(Thread.class, "sleep", long.class));
        check(noClasses().should().callMethod(System.class, "currentTimeMillis"));
        check(noClasses().should().callMethod(java.time.Instant.class, "now"));
        check(noClasses().should().callConstructor(java.util.Random.class));
        check(
                noClasses()
                        .that()
                        .doNotHaveSimpleName("PolicyApiServer")
                        .should()
                        .dependOnClassesThat()
                        .areAssignableTo(RandomGenerator.class));
    }

    @Test
    void namesSayWhatThingsAre() {
        check(
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
                        .haveSimpleNameEndingWith("Base"));
    }

    private static void check(ArchRule rule) {
        rule.check(MODULE);
    }
}

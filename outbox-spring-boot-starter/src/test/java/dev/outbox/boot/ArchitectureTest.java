package dev.outbox.boot;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may use whom, over all published modules. */
class ArchitectureTest {
    private static final JavaClasses OUTBOX = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test/") && !location.contains("test-support"))
            .importPackages("dev.outbox");

    private static final String[] CORE = {
        "dev.outbox",
        "dev.outbox.spi",
        "dev.outbox.encryption..",
        "dev.outbox.format..",
        "dev.outbox.publish..",
        "dev.outbox.store..",
        "dev.outbox.relay..",
        "dev.outbox.retention..",
        "dev.outbox.tracing.."
    };

    @Test
    void all_modules_are_checked() {
        assertThat(OUTBOX.contain("dev.outbox.OutboxPublisher")).isTrue();
        assertThat(OUTBOX.contain("dev.outbox.kafka.KafkaEventSender")).isTrue();
        assertThat(OUTBOX.contain("dev.outbox.inbox.InboxProcessor")).isTrue();
        assertThat(OUTBOX.contain("dev.outbox.boot.OutboxAutoConfiguration")).isTrue();
    }

    @Test
    void core_knows_neither_kafka_nor_spring_boot_nor_the_other_modules() {
        noClasses()
                .that(resideInAnyPackage(CORE))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "org.apache.kafka..",
                        "org.springframework.kafka..",
                        "org.springframework.boot..",
                        "dev.outbox.kafka..",
                        "dev.outbox.inbox..",
                        "dev.outbox.boot.."))
                .check(OUTBOX);
    }

    @Test
    void kafka_and_inbox_do_not_know_each_other_and_nobody_knows_the_starter() {
        noClasses()
                .that(resideInAPackage("dev.outbox.kafka.."))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.outbox.inbox.."))
                .check(OUTBOX);
        noClasses()
                .that(resideInAPackage("dev.outbox.inbox.."))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.outbox.kafka.."))
                .check(OUTBOX);
        noClasses()
                .that(resideInAnyPackage("dev.outbox.kafka..", "dev.outbox.inbox.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.outbox.boot..", "org.springframework.boot.."))
                .check(OUTBOX);
    }

    @Test
    void the_public_face_does_not_lean_on_what_is_behind_it() {
        noClasses()
                .that(resideInAnyPackage("dev.outbox", "dev.outbox.spi"))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.outbox.encryption..",
                        "dev.outbox.format..",
                        "dev.outbox.publish..",
                        "dev.outbox.store..",
                        "dev.outbox.relay..",
                        "dev.outbox.retention..",
                        "dev.outbox.tracing.."))
                .check(OUTBOX);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.outbox.(**)").should().beFreeOfCycles().check(OUTBOX);
    }

    /** ShedLock has its own, and takes a template. */
    @Test
    void sql_is_in_store_packages() {
        noClasses()
                .that(resideInAPackage("dev.outbox..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage("..store..")))
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(type(RetentionLock.class))))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "org.springframework.jdbc.core.."))
                .check(OUTBOX);
    }

    @Test
    void bouncy_castle_is_known_where_payloads_are_encrypted_and_nowhere_else() {
        noClasses()
                .that(resideInAPackage("dev.outbox..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                resideInAPackage("dev.outbox.encryption.."))))
                .should()
                .dependOnClassesThat(resideInAPackage("org.bouncycastle.."))
                .check(OUTBOX);
    }

    /** They are no dependency of an application that does not trace. */
    @Test
    void observations_are_known_where_events_are_traced_and_nowhere_else() {
        noClasses()
                .that(resideInAPackage("dev.outbox..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage("dev.outbox.tracing..")))
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                type(OutboxTracingAutoConfiguration.class))))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.micrometer.observation..", "io.micrometer.tracing.."))
                .check(OUTBOX);
    }

    @Test
    void a_jackson_that_an_application_may_lack_is_known_to_the_formats_and_to_what_configures_them() {
        noClasses()
                .that(resideInAnyPackage("dev.outbox..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                resideInAnyPackage("dev.outbox.format..", "dev.outbox.boot..", "dev.outbox.sample.."))))
                .should()
                .dependOnClassesThat(resideInAnyPackage("tools.jackson.databind..", "com.fasterxml.jackson.."))
                .check(OUTBOX);
    }

    @Test
    void packages_are_named_after_steps_not_after_nothing() {
        noClasses()
                .that(alwaysTrue())
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..impl..", "..manager..")
                .check(OUTBOX);
    }

    @Test
    void classes_are_final_unless_they_are_made_to_be_extended() {
        classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(OUTBOX);
    }

    @Test
    void every_package_says_what_may_be_null() {
        assertThat(OUTBOX.stream().map(JavaClass::getPackageName).distinct())
                .allSatisfy(
                        name -> assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                                .as(name)
                                .isTrue());
    }
}

package dev.outbox.sample;

import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.outbox.inbox.Inbox;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.CachedCatalog;
import jakarta.persistence.Entity;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Profile;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.RestController;

class ArchitectureTest {
    private final JavaClasses application = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.outbox.sample");

    @Test
    void api_calls_application_which_uses_domain_and_infra_is_called_by_nobody() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("api")
                .definedBy("..sample.*.api..")
                .layer("application")
                .definedBy("..sample.*.application..")
                .layer("domain")
                .definedBy("..sample.*.domain..")
                .layer("infra")
                .definedBy("..sample.*.infra..")
                .whereLayer("api")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("infra")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("application")
                .mayOnlyBeAccessedByLayers("api", "infra")
                .whereLayer("domain")
                .mayOnlyBeAccessedByLayers("api", "application", "infra")
                .check(application);
    }

    /** A call that takes seconds would hold a connection, and locks. */
    @Test
    void no_transaction_is_held_while_the_data_platform_is_called() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage("..sample.dataplatform..")
                .and()
                .areAnnotatedWith(Inbox.class)
                .should()
                .beAnnotatedWith(DescribedPredicate.<JavaAnnotation<?>>describe(
                        "@Inbox(transaction = false)",
                        inbox -> inbox.getRawType().isEquivalentTo(Inbox.class)
                                && inbox.get("transaction")
                                        .filter(Boolean.FALSE::equals)
                                        .isPresent()))
                .check(application);
        noClasses()
                .that()
                .resideInAPackage("..sample.dataplatform..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.transaction..")
                .check(application);
    }

    @Test
    void domain_knows_nothing_of_web_kafka_and_beans() {
        noClasses()
                .that()
                .resideInAPackage("..domain..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web..",
                        "org.springframework.http..",
                        "org.springframework.kafka..",
                        "org.springframework.stereotype..",
                        "org.springframework.transaction..",
                        "org.springframework.context..",
                        "org.apache.kafka..",
                        "jakarta.servlet..",
                        "tools.jackson..")
                .check(application);
    }

    @Test
    void kafka_stays_in_infra() {
        noClasses()
                .that()
                .resideInAnyPackage("..api..", "..application..", "..domain..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.kafka..", "org.apache.kafka..")
                .check(application);
    }

    @Test
    void redis_stays_in_infra() {
        noClasses()
                .that()
                .resideInAnyPackage("..api..", "..application..", "..domain..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.data.redis..", "io.lettuce..", "io.github.resilience4j..")
                .check(application);
    }

    @Test
    void what_is_shown_from_the_cache_decides_nothing() {
        classes()
                .that()
                .areAssignableTo(CachedCatalog.class)
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage("..product.api..", "..product.infra..")
                .check(application);
    }

    @Test
    void every_kind_of_class_is_in_its_layer() {
        classes()
                .that()
                .areAnnotatedWith(Entity.class)
                .should()
                .resideInAPackage("..domain..")
                .check(application);
        classes()
                .that()
                .areAnnotatedWith(RestController.class)
                .should()
                .resideInAnyPackage("..api..", "..web..")
                .check(application);
        noClasses()
                .that()
                .resideOutsideOfPackage("..application..")
                .should()
                .beAnnotatedWith(Transactional.class)
                .check(application);
    }

    @Test
    void requests_events_and_the_clock_are_each_for_processes_of_a_role() {
        classes()
                .that()
                .areAnnotatedWith(RestController.class)
                .and()
                .resideInAPackage("..api..")
                // it plays another system, which any process may call
                .and()
                .resideOutsideOfPackage("..sample.mockplatform..")
                .should()
                .beAnnotatedWith(runsIn(ProcessRole.API))
                .check(application);
        methods()
                .that()
                .areAnnotatedWith(KafkaListener.class)
                .should()
                .beDeclaredInClassesThat(annotatedWith(runsIn(ProcessRole.STREAMER)))
                .check(application);
        methods()
                .that()
                .areAnnotatedWith(Scheduled.class)
                .should()
                .beDeclaredInClassesThat(annotatedWith(RunsIn.class).or(annotatedWith(Profile.class)))
                .check(application);
    }

    private static DescribedPredicate<JavaAnnotation<?>> runsIn(ProcessRole role) {
        return DescribedPredicate.describe(
                "@RunsIn(" + role + ")",
                annotation -> annotation.getRawType().isEquivalentTo(RunsIn.class)
                        && annotation.as(RunsIn.class).value() == role);
    }

    @Test
    void features_do_not_depend_on_each_other_in_circles() {
        slices().matching("dev.outbox.sample.(*)..").should().beFreeOfCycles().check(application);
    }

    @Test
    void consumers_share_nothing_with_those_who_publish_but_the_message() {
        noClasses()
                .that()
                .resideInAnyPackage("..sample.notification..", "..sample.dataplatform..", "..sample.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..sample.order..", "..sample.product..", "..sample.inventory..")
                .check(application);
        noClasses()
                .that()
                .resideOutsideOfPackage("..sample.mockplatform..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..sample.mockplatform..")
                .as("the mock is called as another system would be")
                .check(application);
    }
}

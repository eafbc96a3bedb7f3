package dev.outbox.console;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RestController;

/** Whom the console may use. */
class ArchitectureTest {
    private static final JavaClasses CONSOLE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.outbox.console");

    @Test
    void uses_the_public_face_of_the_outbox_and_nothing_behind_it() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("dev.outbox..")
                        .and(not(resideInAnyPackage(
                                "dev.outbox", "dev.outbox.spi", "dev.outbox.inbox", "dev.outbox.console.."))))
                .check(CONSOLE);
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "org.springframework.jdbc.."))
                .check(CONSOLE);
    }

    /** Spring Boot 4 has Jackson 3, Spring Boot 3 has Jackson 2; and Spring Security and springdoc are the application's choice. */
    @Test
    void needs_nothing_that_an_application_may_lack() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "tools.jackson..",
                        "com.fasterxml.jackson.core..",
                        "com.fasterxml.jackson.databind..",
                        "org.springframework.security..",
                        "org.springdoc..",
                        "io.swagger.."))
                .check(CONSOLE);
    }

    @Test
    void classes_are_final_but_controllers_around_which_an_application_may_have_aspects() {
        classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotAnnotatedWith(RestController.class)
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(CONSOLE);
        classes()
                .that()
                .areAnnotatedWith(RestController.class)
                .should()
                .notHaveModifier(JavaModifier.FINAL)
                .check(CONSOLE);
    }

    @Test
    void says_what_may_be_null() {
        assertThat(ReadingController.class.getPackage().isAnnotationPresent(NullMarked.class))
                .isTrue();
    }
}

package dev.outbox.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.util.ClassUtils;

/** Whether the modules, compiled against Spring Boot 4, find in the libraries of Spring Boot 3.5 what they use. */
class LinkageTest {
    private static final JavaClasses OUTBOX = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("test-support") && !location.contains("boot3-test"))
            .importPackages("dev.outbox");

    private static final JavaClass OBJECT = new ClassFileImporter().importClass(Object.class);

    private static final Set<String> OF_BOOT_4 = Set.of(
            "dev.outbox.boot.Boot4Health",
            "dev.outbox.boot.OutboxMetricsAutoConfiguration$Health",
            "dev.outbox.boot.OutboxInboxListenerAutoConfiguration$Health");

    @Test
    void all_modules_are_looked_at() {
        for (String one : List.of(
                "OutboxPublisher",
                "kafka.KafkaEventSender",
                "inbox.InboxProcessor",
                "boot.OutboxAutoConfiguration",
                "console.OutboxConsoleAutoConfiguration"))
            assertThat(OUTBOX.contain("dev.outbox." + one)).as(one).isTrue();
    }

    @Test
    void every_method_and_field_that_is_used_is_there() {
        assertThat(OUTBOX.stream()
                        .filter(user -> !OF_BOOT_4.contains(user.getName()))
                        .flatMap(user -> user.getAccessesFromSelf().stream())
                        .filter(access -> isOfALibrary(access.getTargetOwner()) && !isThere(access))
                        .map(JavaAccess::getDescription)
                        .distinct()
                        .sorted()
                        .toList())
                .isEmpty();
    }

    /** An interface of a library may ask for another method here than it did when the modules were compiled. */
    @Test
    void every_method_that_a_library_calls_is_there() throws Exception {
        List<String> missing = new ArrayList<>();
        for (JavaClass type : OUTBOX) {
            if (OF_BOOT_4.contains(type.getName()) || type.getModifiers().contains(JavaModifier.ABSTRACT)) continue;
            for (Method method : Class.forName(type.getName(), false, getClass().getClassLoader())
                    .getMethods())
                if (Modifier.isAbstract(method.getModifiers())) missing.add(type.getName() + " lacks " + method);
        }
        assertThat(missing).isEmpty();
    }

    private static boolean isOfALibrary(JavaClass type) {
        String name = type.getBaseComponentType().getName();
        return !type.isArray() && !name.startsWith("java.") && !name.startsWith("dev.outbox.");
    }

    private static boolean isThere(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        return isOfEveryObject(target)
                || target.resolveMember()
                        .filter(member -> !(target instanceof AccessTarget.CodeUnitAccessTarget unit)
                                || unit.getRawReturnType()
                                        .getName()
                                        .equals(((JavaCodeUnit) member)
                                                .getRawReturnType()
                                                .getName()))
                        .isPresent();
    }

    /** Compilers from JDK 18 on name the interface by which a method of {@code Object} is called, which does not declare it. */
    private static boolean isOfEveryObject(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget unit
                && OBJECT.tryGetMethod(
                                unit.getName(),
                                unit.getRawParameterTypes().stream()
                                        .map(JavaClass::getName)
                                        .toArray(String[]::new))
                        .isPresent();
    }

    /** What is ordered by a name that does not exist is not ordered at all, and nothing says so. */
    @Test
    void what_is_ordered_by_the_name_of_an_auto_configuration_has_the_one_of_spring_boot_3() throws Exception {
        ClassLoader classes = getClass().getClassLoader();
        int ordered = 0;
        for (String candidate : ImportCandidates.load(AutoConfiguration.class, classes)) {
            if (!candidate.startsWith("dev.outbox.")) continue;
            for (String name : Class.forName(candidate, false, classes)
                    .getAnnotation(AutoConfiguration.class)
                    .afterName()) {
                boolean ofBoot3 = name.startsWith("org.springframework.boot.autoconfigure.")
                        || name.startsWith("org.springframework.boot.actuate.autoconfigure.")
                        || name.startsWith("dev.outbox.");
                assertThat(classes.getResource(ClassUtils.convertClassNameToResourcePath(name) + ".class") != null)
                        .as("%s after %s", candidate, name)
                        .isEqualTo(ofBoot3);
                ordered++;
            }
        }
        assertThat(ordered).isGreaterThan(10);
    }
}

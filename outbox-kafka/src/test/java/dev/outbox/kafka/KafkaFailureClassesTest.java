package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.SendException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.junit.jupiter.api.Test;

/**
 * Every class of failure that this version of Kafka's client knows stands in {@code kafka-failures.txt} with its scope, and no other. A class that comes with a
 * new version fails this test: decide what it says something about, and write it there.
 */
class KafkaFailureClassesTest {
    private static final String ERRORS = ApiException.class.getPackageName();

    @Test
    void every_failure_class_of_the_client_has_a_scope_that_somebody_has_decided_on() throws Exception {
        Map<String, String> classified = new TreeMap<>();
        for (Class<?> type : failureClasses()) {
            SendException failure = KafkaFailures.classify(instance(type));
            classified.put(type.getSimpleName(), failure.scope() + (failure.isPermanent() ? " for good" : ""));
        }
        assertThat(classified).hasSizeGreaterThan(100).isEqualTo(decided());
    }

    private static Map<String, String> decided() throws IOException {
        Map<String, String> decided = new TreeMap<>();
        try (InputStream file =
                Objects.requireNonNull(KafkaFailureClassesTest.class.getResourceAsStream("kafka-failures.txt"))) {
            String scope = "";
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.isBlank() || line.startsWith("#")) continue;
                if (line.startsWith("[")) scope = line.substring(1, line.indexOf(']'));
                else assertThat(decided.put(line.strip(), scope)).as(line).isNull();
            }
        }
        return decided;
    }

    private static Set<Class<?>> failureClasses() throws IOException, URISyntaxException {
        Set<Class<?>> classes = new TreeSet<>((one, other) -> one.getName().compareTo(other.getName()));
        Path jar = Path.of(KafkaException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (JarFile client = new JarFile(jar.toFile())) {
            for (JarEntry entry : (Iterable<JarEntry>) client.stream()::iterator) {
                String name = entry.getName();
                if (name.startsWith("org/apache/kafka/") && name.endsWith(".class")) addFailure(classes, name);
            }
        }
        return classes;
    }

    private static void addFailure(Set<Class<?>> classes, String file) {
        try {
            Class<?> type = Class.forName(
                    file.substring(0, file.length() - ".class".length()).replace('/', '.'),
                    false,
                    KafkaException.class.getClassLoader());
            boolean isFailure = ApiException.class.isAssignableFrom(type)
                    || (KafkaException.class.isAssignableFrom(type)
                            && type.getPackageName().equals(ERRORS));
            if (isFailure && !Modifier.isAbstract(type.getModifiers())) classes.add(type);
        } catch (ClassNotFoundException | LinkageError e) {
            // needs a library that the producer does without
            assertThat(file).doesNotContain("/errors/");
        }
    }

    private static Throwable instance(Class<?> type) throws ReflectiveOperationException {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Object[] arguments = Arrays.stream(constructor.getParameterTypes())
                    .map(KafkaFailureClassesTest::any)
                    .toArray();
            constructor.setAccessible(true);
            try {
                return (Throwable) constructor.newInstance(arguments);
            } catch (InvocationTargetException e) {
                // insists on something; another constructor may not
            }
        }
        throw new AssertionError("cannot create a " + type);
    }

    @SuppressWarnings("NullAway") // what has no value of its own here may be null
    private static Object any(Class<?> parameter) {
        return Map.<Class<?>, Object>of(
                        String.class,
                        "x",
                        int.class,
                        0,
                        long.class,
                        0L,
                        boolean.class,
                        false,
                        Map.class,
                        Map.of(),
                        Set.class,
                        Set.of(),
                        List.class,
                        List.of())
                .get(parameter);
    }
}

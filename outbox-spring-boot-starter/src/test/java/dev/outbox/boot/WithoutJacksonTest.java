package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.PayloadFormatException;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** On the class path of an application that has left out the Jackson that the starter brings, with another one or with none. */
class WithoutJacksonTest {
    private static final String JACKSON_3 = "tools/jackson/core/jackson-databind";
    private static final String WRITTEN =
            "{\"at\":\"1970-01-01T00:00:00Z\",\"grace\":\"PT1H\"} Placed[at=null, grace=null]";
    private static final String JACKSON_2 = "com/fasterxml/jackson/core/jackson-databind";

    @Test
    void with_jackson_2_alone_payloads_look_as_with_jackson_3() throws Exception {
        assertThat(probedWithout(JACKSON_3)).isEqualTo("Jackson2Format " + WRITTEN);
        assertThat(probedWithout(JACKSON_2)).isEqualTo("Jackson3Format " + WRITTEN);
    }

    @Test
    void without_any_the_application_starts_and_an_object_is_refused_with_a_sentence() throws Exception {
        assertThat(probedWithout(JACKSON_3, JACKSON_2))
                .isEqualTo("neither Jackson 3 nor Jackson 2 is on the class path"
                        + " (add tools.jackson.core:jackson-databind, or declare a bean of type PayloadFormat)");
    }

    /** Runs in the class loader of the application. */
    public static final class Probe {
        public record Placed(Instant at, Duration grace) {}

        public static String run() throws Exception {
            try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
                context.setClassLoader(Probe.class.getClassLoader());
                context.register(OutboxFormatAutoConfiguration.class);
                context.refresh();
                PayloadFormat format = context.getBean(PayloadFormat.class);
                byte[] written = format.serialize(new Placed(Instant.EPOCH, Duration.ofHours(1)));
                Object read = format.deserialize("{\"added\":1}".getBytes(UTF_8), Placed.class);
                return "%s %s %s".formatted(format.getClass().getSimpleName(), new String(written, UTF_8), read);
            } catch (PayloadFormatException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    private static Object probedWithout(String... jars) throws Exception {
        try (URLClassLoader application = without(jars)) {
            return application.loadClass(Probe.class.getName()).getMethod("run").invoke(null);
        }
    }

    private static URLClassLoader without(String... jars) throws Exception {
        List<String> entries = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .toList();
        List<String> kept = entries.stream()
                .filter(entry -> List.of(jars).stream().noneMatch(entry.replace(File.separatorChar, '/')::contains))
                .toList();
        assertThat(kept).as("left out").hasSize(entries.size() - jars.length);
        URL[] urls = new URL[kept.size()];
        for (int i = 0; i < urls.length; i++)
            urls[i] = Path.of(kept.get(i)).toUri().toURL();
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }
}

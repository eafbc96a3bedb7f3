package dev.outbox.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** On the class path of an application that has one Jackson only, or none. */
class WithoutJacksonTest {
    @Test
    void each_format_needs_its_own_jackson_only() throws Exception {
        try (URLClassLoader only2 = without("tools/jackson/core/jackson-databind");
                URLClassLoader only3 = without("com/fasterxml/jackson/core/jackson-databind")) {
            assertThat(written(only2, "Jackson2Format", "com.fasterxml.jackson.databind.ObjectMapper"))
                    .isEqualTo("{\"a\":1}");
            assertThat(written(only3, "Jackson3Format", "tools.jackson.databind.ObjectMapper"))
                    .isEqualTo("{\"a\":1}");
            assertThatThrownBy(() -> only2.loadClass("tools.jackson.databind.ObjectMapper"))
                    .isInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void without_any_the_headers_of_an_event_are_stored_and_read_all_the_same() throws Exception {
        try (URLClassLoader none =
                without("tools/jackson/core/jackson-databind", "com/fasterxml/jackson/core/jackson-databind")) {
            Class<?> headersJson = none.loadClass("dev.outbox.store.HeadersJson");
            Method write = headersJson.getDeclaredMethod("write", Map.class);
            Method read = headersJson.getDeclaredMethod("read", String.class);
            write.setAccessible(true);
            read.setAccessible(true);
            Map<String, String> headers = Map.of("tenant", "\"acme\"\n€");
            assertThat(read.invoke(null, write.invoke(null, headers))).isEqualTo(headers);
            assertThat(Class.forName("dev.outbox.publish.TransactionalOutboxPublisher", true, none))
                    .isNotNull();
        }
    }

    private static String written(ClassLoader application, String format, String mapper) throws Exception {
        Object ofApplication =
                application.loadClass(mapper).getDeclaredConstructor().newInstance();
        Class<?> type = application.loadClass("dev.outbox.format." + format);
        Object made = type.getConstructor(application.loadClass(mapper)).newInstance(ofApplication);
        return new String((byte[]) type.getMethod("serialize", Object.class).invoke(made, Map.of("a", 1)), UTF_8);
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

package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On the class path of an application that has no class of Micrometer's observations. */
@Timeout(60)
class WithoutTracingTest {
    @Test
    void events_are_published_and_sent() throws Exception {
        try (URLClassLoader application = new URLClassLoader(others(), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> application.loadClass("io.micrometer.observation.Observation"))
                    .isInstanceOf(ClassNotFoundException.class);
            Constructor<?> constructor =
                    application.loadClass(UntracedApplication.class.getName()).getDeclaredConstructor();
            constructor.setAccessible(true);
            assertThat(((Callable<?>) constructor.newInstance()).call()).isEqualTo("{traceparent=own}");
        }
    }

    private static URL[] others() throws Exception {
        List<String> entries = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .toList();
        List<String> kept = entries.stream()
                .filter(entry -> !entry.contains("micrometer-observation") && !entry.contains("micrometer-tracing"))
                .toList();
        assertThat(kept).as("something is left out").hasSizeLessThan(entries.size());
        List<URL> urls = new ArrayList<>();
        for (String entry : kept) urls.add(Path.of(entry).toUri().toURL());
        return urls.toArray(URL[]::new);
    }
}

package dev.outbox.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.KeyRing;
import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** On the class path of an application that does not encrypt. */
class WithoutBouncyCastleTest {
    @Test
    void a_cipher_says_what_is_missing_and_publishing_plain_events_misses_nothing() throws Exception {
        try (URLClassLoader application = new URLClassLoader(others(), ClassLoader.getPlatformClassLoader())) {
            Class<?> ring = application.loadClass(KeyRing.class.getName());
            Class<?> keys = application.loadClass(KeysInMemory.class.getName());
            Object empty = keys.getConstructors()[0].newInstance(null, List.of());
            Constructor<?> cipher =
                    application.loadClass(PayloadCipher.class.getName()).getConstructor(ring);
            assertThatThrownBy(() -> cipher.newInstance(empty))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .satisfies(e ->
                            assertThat(e.getClass().getName()).isEqualTo(OutboxConfigurationException.class.getName()))
                    .hasMessage(
                            "Payloads are to be encrypted, but Bouncy Castle is not on the class path."
                                    + " Add the dependency org.bouncycastle:bcprov-lts8on or bcprov-jdk18on, or set outbox.encryption.enabled=false.");
            assertThat(application
                            .loadClass(EncryptionPolicy.class.getName())
                            .getMethod("off")
                            .invoke(null))
                    .isNotNull();
            assertThat(Class.forName("dev.outbox.publish.TransactionalOutboxPublisher", true, application))
                    .isNotNull();
        }
    }

    private static URL[] others() throws Exception {
        List<String> entries = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .toList();
        Stream<String> others = entries.stream().filter(entry -> !entry.contains("bcprov"));
        List<String> kept = others.toList();
        assertThat(kept).as("Bouncy Castle is left out").hasSize(entries.size() - 1);
        URL[] urls = new URL[kept.size()];
        for (int i = 0; i < urls.length; i++)
            urls[i] = Path.of(kept.get(i)).toUri().toURL();
        return urls;
    }
}

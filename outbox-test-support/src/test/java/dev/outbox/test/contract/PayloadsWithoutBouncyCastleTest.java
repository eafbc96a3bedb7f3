package dev.outbox.test.contract;

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

/** On the class path of an application that does not encrypt. */
@Timeout(60)
class PayloadsWithoutBouncyCastleTest {
    @Test
    void a_payload_is_shown_and_of_an_encrypted_one_the_key_is_missing() throws Exception {
        try (URLClassLoader application = new URLClassLoader(others(), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> application.loadClass("org.bouncycastle.crypto.modes.GCMModeCipher"))
                    .isInstanceOf(ClassNotFoundException.class);
            Constructor<?> constructor =
                    application.loadClass(PlainApplication.class.getName()).getDeclaredConstructor();
            constructor.setAccessible(true);
            assertThat(((Callable<?>) constructor.newInstance()).call()).isEqualTo("plain; first");
        }
    }

    private static URL[] others() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry :
                Pattern.compile(Pattern.quote(File.pathSeparator)).split(System.getProperty("java.class.path")))
            if (!entry.contains("bcprov")) urls.add(Path.of(entry).toUri().toURL());
        return urls.toArray(URL[]::new);
    }
}

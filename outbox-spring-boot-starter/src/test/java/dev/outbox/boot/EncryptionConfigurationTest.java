package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxMessage;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class EncryptionConfigurationTest {
    private static final byte[] SECRET = "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr".getBytes(UTF_8);
    private static final String BASE64 = Base64.getEncoder().encodeToString(SECRET);
    private static final String HOW = " A key is 32 random bytes in Base64: `openssl rand -base64 32` makes one.";

    private final ApplicationContextRunner off = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(OutboxEncryptionAutoConfiguration.class));
    private final ApplicationContextRunner on = off.withPropertyValues("outbox.encryption.enabled=true");

    @Test
    void switched_off_there_are_no_keys_and_nothing_is_encrypted(CapturedOutput output) {
        off.run(context -> {
            assertThat(context).doesNotHaveBean(KeyRing.class).doesNotHaveBean(PayloadCipher.class);
            assertThat(cipherFor(context.getBean(EncryptionPolicy.class), "Any"))
                    .isFalse();
        });
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void keys_that_are_not_used_are_warned_of(CapturedOutput output) {
        off.withPropertyValues("outbox.encryption.keys.a=" + BASE64)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains(
                        "There are encryption keys (outbox.encryption.keys, outbox.encryption.key-files), but payloads are stored as they are:"
                                + " set outbox.encryption.enabled=true to encrypt them, or remove the keys.")
                .doesNotContain(BASE64);
    }

    @Test
    void keys_come_from_the_configuration_and_from_files(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), BASE64 + "\n");
        on.withPropertyValues(
                        "outbox.encryption.active-key-id=2026-11",
                        "outbox.encryption.keys.2026-11=" + BASE64,
                        "outbox.encryption.key-files.2025-02=" + file)
                .run(context -> {
                    KeyRing keys = context.getBean(KeyRing.class);
                    assertThat(keys).hasToString("keys [2025-02, 2026-11], active: key '2026-11'");
                    assertThat(keys.find("2025-02").orElseThrow().secret()).isEqualTo(SECRET);
                    assertThat(keys.find("2026-11").orElseThrow().secret()).isEqualTo(SECRET);
                    assertThat(context.getBean(EncryptionProperties.class))
                            .hasToString("outbox.encryption (enabled: true, keys: 2)");
                });
    }

    @Test
    void types_are_told_apart() {
        ApplicationContextRunner keys = on.withPropertyValues(
                "outbox.encryption.active-key-id=a",
                "outbox.encryption.keys.a=" + BASE64,
                "outbox.encryption.event-types.ProductViewed=false",
                "outbox.encryption.event-types.OrderPlaced=true");
        keys.run(context -> {
            EncryptionPolicy policy = context.getBean(EncryptionPolicy.class);
            assertThat(cipherFor(policy, "ProductViewed")).isFalse();
            assertThat(cipherFor(policy, "OrderPlaced")).isTrue();
            assertThat(cipherFor(policy, "Other")).isTrue();
        });
        keys.withPropertyValues("outbox.encryption.other-event-types=false").run(context -> {
            EncryptionPolicy policy = context.getBean(EncryptionPolicy.class);
            assertThat(cipherFor(policy, "OrderPlaced")).isTrue();
            assertThat(cipherFor(policy, "Other")).isFalse();
        });
    }

    private static boolean cipherFor(EncryptionPolicy policy, String type) {
        return policy.cipherFor(OutboxMessage.of("Order", "1", type, "")) != null;
    }

    @Test
    void a_key_ring_of_the_application_takes_the_place_of_the_configured_keys() {
        KeyRing own = new KeysInMemory("own", List.of(new EncryptionKey("own", SECRET)));
        on.withBean("own", KeyRing.class, () -> own).run(context -> {
            assertThat(context).hasSingleBean(PayloadCipher.class);
            assertThat(context.getBean(KeyRing.class)).isSameAs(own);
        });
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of(
                        List.of(),
                        "outbox.encryption.enabled is true, but there are no keys."
                                + " Add outbox.encryption.keys or outbox.encryption.key-files, or declare a KeyRing bean."),
                Arguments.of(List.of("keys.a=s3cr3t!" + BASE64), "outbox.encryption.keys.a is not Base64." + HOW),
                Arguments.of(
                        List.of("keys.a=" + BASE64.substring(0, 32)),
                        "In outbox.encryption.keys: The key 'a' is 192 bits long; AES-256 takes 256 bits (32 bytes)."
                                + HOW),
                Arguments.of(
                        List.of("keys[a b]=" + BASE64),
                        "In outbox.encryption.keys: The id of a key is not 1 to 100 of the characters A-Z, a-z, 0-9 and . _ : / -."
                                + HOW),
                Arguments.of(
                        List.of("key-files.a=" + BASE64),
                        "The file that outbox.encryption.key-files.a names cannot be read (NoSuchFileException)."
                                + " Give it the path of a file that this process may read." + HOW),
                Arguments.of(
                        List.of("keys.a=" + BASE64, "active-key-id=b"),
                        "The active encryption key is to be 'b', but there are only the keys [a]."
                                + " Correct outbox.encryption.active-key-id, or add the key to outbox.encryption.keys or outbox.encryption.key-files."));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void what_is_wrong_with_the_keys_stops_the_start_without_showing_them(
            List<String> properties, String message, CapturedOutput output) {
        on.withPropertyValues(properties.stream()
                        .map(property -> "outbox.encryption." + property)
                        .toArray(String[]::new))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(OutboxConfigurationException.class)
                        .hasMessage(message));
        assertThat(output).doesNotContain("s3cr3t").doesNotContain(BASE64.substring(0, 32));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(OutboxEncryptionAutoConfiguration.class)
    static class Application {}

    /** Spring Boot's own analysis would print the value. */
    @Test
    void a_key_without_an_id_is_not_printed_when_the_start_fails(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        assertThatThrownBy(() -> application.run("--outbox.encryption.keys=" + BASE64))
                .hasStackTraceContaining(BindException.class.getName());
        assertThat(output)
                .contains(
                        "The value of outbox.encryption.keys cannot be used (it is not shown, because it may be a secret).",
                        "Correct it: keys are given by their ids, as in outbox.encryption.keys.2026-11.")
                .doesNotContain(BASE64);
    }

    @Test
    void other_properties_are_left_to_spring_boot() {
        Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("other.number", "many")));
        BindException failure =
                catchThrowableOfType(BindException.class, () -> binder.bind("other.number", Integer.class));
        assertThat(new EncryptionBindFailureAnalyzer().analyze(requireNonNull(failure)))
                .isNull();
    }
}

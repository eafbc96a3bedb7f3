package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.spi.EncryptionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.util.StringUtils;

/** Makes the key ring of the configuration. What is wrong with a key is said without its value, which may be a secret in the wrong place. */
final class ConfiguredKeys {
    private static final String HOW = "A key is 32 random bytes in Base64: `openssl rand -base64 32` makes one.";

    private ConfiguredKeys() {}

    /** @throws OutboxConfigurationException if there is no key, or one is not what it should be */
    static KeysInMemory ring(EncryptionProperties properties) {
        if (!properties.hasKeys()) {
            throw new OutboxConfigurationException(
                    "outbox.encryption.enabled is true, but there are no keys.",
                    "Add outbox.encryption.keys or outbox.encryption.key-files, or declare a KeyRing bean.");
        }
        List<EncryptionKey> keys = new ArrayList<>();
        properties.keys().forEach((id, text) -> keys.add(key("outbox.encryption.keys", id, text)));
        properties
                .keyFiles()
                .forEach((id, file) -> keys.add(
                        key("outbox.encryption.key-files", id, read("outbox.encryption.key-files." + id, file))));
        String active = properties.activeKeyId();
        return new KeysInMemory(StringUtils.hasLength(active) ? active : null, keys);
    }

    private static String read(String property, String file) {
        try {
            return new String(Files.readAllBytes(Path.of(file)), ISO_8859_1);
        } catch (IOException | InvalidPathException e) {
            throw new OutboxConfigurationException(
                    "The file that %s names cannot be read (%s)."
                            .formatted(property, e.getClass().getSimpleName()),
                    "Give it the path of a file that this process may read. " + HOW);
        }
    }

    private static EncryptionKey key(String property, String id, String text) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new OutboxConfigurationException("%s.%s is not Base64.".formatted(property, id), HOW);
        }
        try {
            return new EncryptionKey(id, secret);
        } catch (IllegalArgumentException e) {
            throw new OutboxConfigurationException("In %s: %s.".formatted(property, e.getMessage()), HOW);
        }
    }
}

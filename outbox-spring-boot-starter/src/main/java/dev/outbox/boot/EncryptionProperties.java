package dev.outbox.boot;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Encryption of payloads.
 *
 * @param enabled whether payloads are encrypted when they are published, and decrypted by the inbox
 * @param activeKeyId which key encrypts what is published now; none where nothing is published
 * @param keys the keys by their ids: 256 bits in Base64
 * @param keyFiles files with a key in Base64 each, by the ids of the keys
 * @param eventTypes whether payloads are encrypted, by event type
 * @param otherEventTypes whether payloads of all other event types are encrypted
 */
@ConfigurationProperties("outbox.encryption")
record EncryptionProperties(
        @DefaultValue("false") boolean enabled,
        @Nullable String activeKeyId,
        @DefaultValue Map<String, String> keys,
        @DefaultValue Map<String, String> keyFiles,
        @DefaultValue Map<String, Boolean> eventTypes,
        @DefaultValue("true") boolean otherEventTypes) {
    boolean hasKeys() {
        return !keys.isEmpty() || !keyFiles.isEmpty();
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return "outbox.encryption (enabled: %s, keys: %s)".formatted(enabled, keys.size() + keyFiles.size());
    }
}

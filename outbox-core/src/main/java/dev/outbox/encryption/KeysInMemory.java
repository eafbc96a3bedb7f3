package dev.outbox.encryption;

import static java.util.stream.Collectors.toMap;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.KeyRing;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key ring of keys that are known from the start. */
public final class KeysInMemory implements KeyRing {
    private final Map<String, EncryptionKey> keys;
    private final @Nullable EncryptionKey active;

    /**
     * @param activeKeyId which key is for what is published now; null for a ring that is for reading only
     * @throws OutboxConfigurationException if two keys have one id, or none has that of the active one
     */
    public KeysInMemory(@Nullable String activeKeyId, Collection<EncryptionKey> keys) {
        this.keys = keys.stream().collect(toMap(EncryptionKey::id, key -> key, KeysInMemory::twice, TreeMap::new));
        this.active = activeKeyId == null ? null : this.keys.get(activeKeyId);
        if (activeKeyId != null && active == null) {
            throw new OutboxConfigurationException(
                    "The active encryption key is to be %s, but there are only the keys %s."
                            .formatted(shown(activeKeyId), this.keys.keySet()),
                    "Correct outbox.encryption.active-key-id, or add the key to outbox.encryption.keys or outbox.encryption.key-files.");
        }
    }

    /** What is no id may be a secret in the wrong place. */
    private static String shown(String id) {
        return EncryptionKey.isId(id) ? "'%s'".formatted(id) : "something that is no id";
    }

    private static EncryptionKey twice(EncryptionKey one, EncryptionKey other) {
        throw new OutboxConfigurationException(
                "There are two encryption keys with the id '%s'.".formatted(one.id()),
                "Give each key one id, in outbox.encryption.keys or in outbox.encryption.key-files.");
    }

    @Override
    public Optional<EncryptionKey> active() {
        return Optional.ofNullable(active);
    }

    @Override
    public Optional<EncryptionKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    /** Names the keys without their secrets. */
    @Override
    public String toString() {
        return "keys " + keys.keySet() + (active == null ? "" : ", active: " + active);
    }
}

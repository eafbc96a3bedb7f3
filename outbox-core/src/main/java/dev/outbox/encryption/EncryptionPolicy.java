package dev.outbox.encryption;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which events are encrypted when they are published. Immutable. */
public final class EncryptionPolicy {
    private static final EncryptionPolicy OFF = new EncryptionPolicy(null, false, Map.of());

    private final @Nullable PayloadCipher cipher;
    private final boolean otherEventTypes;
    private final Map<String, Boolean> eventTypes;

    private EncryptionPolicy(@Nullable PayloadCipher cipher, boolean otherEventTypes, Map<String, Boolean> eventTypes) {
        this.cipher = cipher;
        this.otherEventTypes = otherEventTypes;
        this.eventTypes = Map.copyOf(eventTypes);
    }

    /** Nothing is encrypted, and events that have to be are refused. */
    public static EncryptionPolicy off() {
        return OFF;
    }

    /** Everything is encrypted. */
    public static EncryptionPolicy everything(PayloadCipher cipher) {
        return new EncryptionPolicy(cipher, true, Map.of());
    }

    /**
     * Some event types are encrypted; and what has to be by its own declaration, whatever is said here of its type.
     *
     * @param eventTypes whether events of a type are encrypted
     * @param otherEventTypes whether those of any other type are
     */
    public static EncryptionPolicy of(PayloadCipher cipher, Map<String, Boolean> eventTypes, boolean otherEventTypes) {
        return new EncryptionPolicy(cipher, otherEventTypes, eventTypes);
    }

    /** Whether any event type is encrypted without saying so itself. */
    public boolean encryptsSomeTypes() {
        return cipher != null && (otherEventTypes || eventTypes.containsValue(true));
    }

    /**
     * What encrypts the payload of a message; null if it stays as it is.
     *
     * @throws InvalidOutboxMessageException if it has to be encrypted and encryption is off
     */
    public @Nullable PayloadCipher cipherFor(OutboxMessage message) {
        if (message.isEncrypted()) return required(message);
        return eventTypes.getOrDefault(message.eventType(), otherEventTypes) ? cipher : null;
    }

    private PayloadCipher required(OutboxMessage message) {
        if (cipher != null) return cipher;
        throw new InvalidOutboxMessageException(
                "The payload of %s has to be encrypted, but encryption is off. Set outbox.encryption.enabled=true and give it keys, or publish the event without encrypted."
                        .formatted(message));
    }
}

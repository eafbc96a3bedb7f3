package dev.outbox.inbox;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.PayloadCipher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes encrypted payloads readable, where there are keys. */
record Decryption(@Nullable PayloadCipher cipher) {
    /** In their order. The work is shared among the processors, because the transaction is open meanwhile. */
    List<InboxMessage> decryptAll(List<InboxMessage> messages) {
        boolean encrypted = messages.stream().anyMatch(message -> message.encryptionKeyId() != null);
        return encrypted ? messages.parallelStream().map(this::decrypt).toList() : messages;
    }

    InboxMessage decrypt(InboxMessage message) {
        String keyId = message.encryptionKeyId();
        if (keyId == null) return message;
        if (cipher == null) {
            throw new MissingEncryptionKeyException(
                    "The payload of %s is encrypted with the key '%s', and this consumer has no key ring. Set outbox.encryption.enabled=true, add the key to outbox.encryption.keys, and handle the event again."
                            .formatted(message, keyId),
                    keyId,
                    null);
        }
        EventIdentity event = new EventIdentity(
                message.eventId(), message.eventType(), message.aggregateType(), message.aggregateId());
        return message.decrypted(cipher.decrypt(event, keyId, message.payload()));
    }
}

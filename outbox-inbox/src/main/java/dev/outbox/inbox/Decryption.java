package dev.outbox.inbox;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.PayloadCipher;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes encrypted payloads readable, where there are keys. */
record Decryption(@Nullable PayloadCipher cipher) {
    /**
     * Begins to decrypt what is encrypted, on all processors, and returns at once: the database decides meanwhile which of the messages are duplicates.
     *
     * @return for each message, in their order, what waits for it to be readable. It throws what {@link #decrypt} has thrown, so that a message which nobody asks for
     *     takes no key.
     */
    List<Supplier<InboxMessage>> begin(List<InboxMessage> messages) {
        if (messages.stream().allMatch(message -> message.encryptionKeyId() == null))
            return messages.stream()
                    .<Supplier<InboxMessage>>map(message -> () -> message)
                    .toList();
        ForkJoinTask<List<Supplier<InboxMessage>>> readable = ForkJoinPool.commonPool()
                .submit(() -> messages.parallelStream().map(this::attempt).toList());
        return IntStream.range(0, messages.size())
                .<Supplier<InboxMessage>>mapToObj(
                        i -> () -> readable.join().get(i).get())
                .toList();
    }

    private Supplier<InboxMessage> attempt(InboxMessage message) {
        try {
            InboxMessage readable = decrypt(message);
            return () -> readable;
        } catch (RuntimeException e) {
            return () -> {
                throw e;
            };
        }
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

package dev.outbox.encryption;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.KeyRing;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks a key ring for the key of an event, and says what is missing. */
record KeyLookup(KeyRing ring) {
    EncryptionKey active(EventIdentity event) {
        Supplier<String> what = () -> "The payload of %s is to be encrypted".formatted(event);
        return ask(ring::active, what, null)
                .orElseThrow(() -> new MissingEncryptionKeyException(
                        what.get()
                                + ", but the key ring has no active key. Set outbox.encryption.active-key-id, or correct the KeyRing of the application.",
                        null,
                        null));
    }

    EncryptionKey find(EventIdentity event, String keyId) {
        Supplier<String> what = () -> "The payload of %s is encrypted with the key '%s'".formatted(event, keyId);
        return ask(() -> ring.find(keyId), what, keyId)
                .orElseThrow(() -> new MissingEncryptionKeyException(
                        what.get()
                                + ", which is not in the key ring. Add it to outbox.encryption.keys, or to the KeyRing of the application, and handle the event again.",
                        keyId,
                        null));
    }

    /** The ring's own text may show what it should not, so only its class goes into ours. */
    private static Optional<EncryptionKey> ask(
            Supplier<Optional<EncryptionKey>> question, Supplier<String> what, @Nullable String keyId) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            throw new MissingEncryptionKeyException(
                    "%s, but the key ring has failed: %s. Try again when it works."
                            .formatted(what.get(), e.getClass().getName()),
                    keyId,
                    e);
        }
    }
}

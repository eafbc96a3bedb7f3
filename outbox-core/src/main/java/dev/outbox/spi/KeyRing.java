package dev.outbox.spi;

import java.util.Optional;

/**
 * The keys that payloads are encrypted with: one for what is published now, and those of before for what is still to be read.
 *
 * <p>Both methods are called for each encrypted event, while the transaction of the caller or of the consumer is open, by many threads at once, and
 * for the events of a batch by threads other than the consumer's. So a ring that gets its keys from a key management service fetches or unwraps them beforehand, and answers from memory. What a method throws reaches the caller as
 * the cause of a {@link dev.outbox.MissingEncryptionKeyException}; it should not show secrets.
 */
public interface KeyRing {
    /** The key for what is published now; empty if this ring is for reading only, which makes publishing an encrypted event fail. */
    Optional<EncryptionKey> active();

    /**
     * A key that something was encrypted with.
     *
     * @param id of the active key or of an earlier one
     * @return empty if the ring does not have it (yet)
     */
    Optional<EncryptionKey> find(String id);
}

package dev.outbox.encryption;

/**
 * A payload that may be stored and sent.
 *
 * @param keyId which key of the ring it takes to read it
 * @param envelope not copied, not to be changed
 */
public record EncryptedPayload(
        String keyId,
        @SuppressWarnings("ArrayRecordComponent") byte[] envelope) {}

package dev.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A payload cannot be encrypted or decrypted because its key is not to be had. Nothing was stored or handled. Nothing is wrong with the event: it can be
 * published or handled again when the key is there.
 */
public final class MissingEncryptionKeyException extends OutboxException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String keyId;

    /**
     * @param keyId see {@link #keyId()}
     * @param cause what the key ring has thrown; null if it has just not got the key
     */
    public MissingEncryptionKeyException(String message, @Nullable String keyId, @Nullable Throwable cause) {
        super(message, cause);
        this.keyId = keyId;
    }

    /** The id of the key that is missing; null if it is the active one, which the ring has not named. */
    public @Nullable String keyId() {
        return keyId;
    }
}

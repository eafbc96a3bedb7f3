package dev.outbox.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.KeyRing;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Encrypts payloads with the active key of a {@link KeyRing} and decrypts them with the one they name. Each payload has a key of its own, derived from
 * that key and the event id, so no number of events is too many for one key of the ring. Safe for use by many threads.
 */
public final class PayloadCipher {
    private static final String BOUNCY_CASTLE = "org.bouncycastle.crypto.modes.GCMModeCipher";
    private static final byte[] PURPOSE = "dev.outbox payload 1 ".getBytes(US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyLookup keys;
    private final Supplier<byte[]> nonces;
    private volatile @Nullable Extracted last;

    private record Extracted(
            EncryptionKey key,
            @SuppressWarnings("ArrayRecordComponent") byte[] secret) {}

    /** @throws OutboxConfigurationException if Bouncy Castle is not on the class path */
    public PayloadCipher(KeyRing ring) {
        this(ring, PayloadCipher::randomNonce);
    }

    PayloadCipher(KeyRing ring, Supplier<byte[]> nonces) {
        if (!ClassUtils.isPresent(BOUNCY_CASTLE, PayloadCipher.class.getClassLoader())) {
            throw new OutboxConfigurationException(
                    "Payloads are to be encrypted, but Bouncy Castle is not on the class path.",
                    "Add the dependency org.bouncycastle:bcprov-lts8on or bcprov-jdk18on, or set outbox.encryption.enabled=false.");
        }
        this.keys = new KeyLookup(ring);
        this.nonces = nonces;
    }

    /**
     * Encrypts a payload with the active key.
     *
     * @throws MissingEncryptionKeyException if the ring has no active key, or fails
     */
    public EncryptedPayload encrypt(EventIdentity event, byte[] payload) {
        EncryptionKey key = keys.active(event);
        byte[] nonce = nonces.get();
        Envelope envelope = Envelope.of(key.id(), nonce, payload.length);
        byte[] associated = event.after(envelope.header());
        AesGcm.encrypt(keyOf(event, key), nonce, associated, payload, envelope.bytes(), envelope.ciphertextAt());
        return new EncryptedPayload(key.id(), envelope.bytes());
    }

    /**
     * Decrypts what {@link #encrypt} has made for the same event.
     *
     * @param keyId the key that the event names, which has to be that of the envelope
     * @throws MissingEncryptionKeyException if the ring does not have this key, or fails
     * @throws UndecryptablePayloadException if anything is not as it was encrypted
     */
    public byte[] decrypt(EventIdentity event, String keyId, byte[] envelope) {
        Envelope parsed = parse(event, envelope);
        if (!parsed.keyId().equals(keyId)) {
            throw undecryptable(event, "the event names another key than its payload");
        }
        EncryptionKey key = keys.find(event, keyId);
        byte[] associated = event.after(parsed.header());
        return AesGcm.decrypt(keyOf(event, key), parsed.nonce(), associated, envelope, parsed.ciphertextAt())
                .orElseThrow(() -> undecryptable(
                        event,
                        "its bytes, id, type or aggregate are not those that were published, or the key '%s' is another one here"
                                .formatted(keyId)));
    }

    private static Envelope parse(EventIdentity event, byte[] envelope) {
        try {
            return Envelope.parse(envelope);
        } catch (Envelope.MalformedException e) {
            throw undecryptable(event, e.getMessage());
        }
    }

    private static UndecryptablePayloadException undecryptable(EventIdentity event, @Nullable String reason) {
        return new UndecryptablePayloadException(
                "The payload of %s cannot be decrypted: %s. Find out who has changed it, and publish the event again."
                        .formatted(event, reason));
    }

    private byte[] keyOf(EventIdentity event, EncryptionKey key) {
        byte[] id = event.idBytes();
        byte[] purpose = ByteBuffer.allocate(PURPOSE.length + id.length)
                .put(PURPOSE)
                .put(id)
                .array();
        return AesGcm.expand(extracted(key), purpose);
    }

    /** Half of the derivation is the same for all events, and nearly always it is the same key that is asked for. */
    private byte[] extracted(EncryptionKey key) {
        Extracted known = last;
        if (known == null || known.key() != key) last = known = new Extracted(key, AesGcm.extract(key.secret()));
        return known.secret();
    }

    private static byte[] randomNonce() {
        byte[] nonce = new byte[Envelope.NONCE];
        RANDOM.nextBytes(nonce);
        return nonce;
    }
}

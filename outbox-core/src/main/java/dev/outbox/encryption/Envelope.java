package dev.outbox.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outbox.spi.EncryptionKey;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An encrypted payload as it is stored and sent: {@code OBXE}, the version 1, the length of the key id and the id, then a nonce of 12 bytes, the
 * ciphertext, and a tag of 16 bytes.
 *
 * @param keyId which key of the ring
 * @param bytes all of it
 */
record Envelope(
        String keyId,
        @SuppressWarnings("ArrayRecordComponent") byte[] bytes) {
    static final int NONCE = 12;
    static final int TAG = 16;
    private static final byte[] MAGIC = "OBXE".getBytes(US_ASCII);
    private static final byte VERSION = 1;

    /** Magic, version and the length of the key id. */
    private static final int FIXED = MAGIC.length + 2;

    /** Why bytes are no envelope. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /** An envelope with room for the ciphertext and the tag. */
    static Envelope of(String keyId, byte[] nonce, int payloadLength) {
        byte[] id = keyId.getBytes(US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(FIXED + id.length + NONCE + TAG, payloadLength));
        bytes.put(MAGIC).put(VERSION).put((byte) id.length).put(id).put(nonce);
        return new Envelope(keyId, bytes.array());
    }

    static Envelope parse(byte[] bytes) throws MalformedException {
        if (bytes.length < FIXED || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new MalformedException("it does not begin like an encrypted payload");
        }
        if (bytes[MAGIC.length] != VERSION) {
            throw new MalformedException(
                    "it has the form %d, and only the form %d is known here".formatted(bytes[MAGIC.length], VERSION));
        }
        int idLength = Byte.toUnsignedInt(bytes[FIXED - 1]);
        if (bytes.length < FIXED + idLength + NONCE + TAG) throw new MalformedException("it is cut off");
        String id = new String(bytes, FIXED, idLength, US_ASCII);
        if (!EncryptionKey.isId(id)) throw new MalformedException("it names no key");
        return new Envelope(id, bytes);
    }

    /** What comes before the nonce; a part of the associated data. */
    byte[] header() {
        return Arrays.copyOf(bytes, nonceAt());
    }

    byte[] nonce() {
        return Arrays.copyOfRange(bytes, nonceAt(), ciphertextAt());
    }

    int ciphertextAt() {
        return nonceAt() + NONCE;
    }

    private int nonceAt() {
        return FIXED + keyId.length();
    }
}

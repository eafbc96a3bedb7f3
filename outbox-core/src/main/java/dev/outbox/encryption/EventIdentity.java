package dev.outbox.encryption;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What a payload is tied to: put under the name of another event, type or aggregate it cannot be decrypted.
 *
 * @param eventId also makes the key of this payload
 */
public record EventIdentity(UUID eventId, String eventType, String aggregateType, String aggregateId) {
    private static final int UUID_BYTES = 16;

    byte[] idBytes() {
        return ByteBuffer.allocate(UUID_BYTES)
                .putLong(eventId.getMostSignificantBits())
                .putLong(eventId.getLeastSignificantBits())
                .array();
    }

    /** The associated data: the beginning of the envelope, the id, and each name after its length, so that no two identities have the same bytes. */
    byte[] after(byte[] envelopeHeader) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(envelopeHeader);
        bytes.writeBytes(idBytes());
        for (String name : new String[] {eventType, aggregateType, aggregateId}) {
            byte[] utf8 = name.getBytes(UTF_8);
            bytes.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(utf8.length).array());
            bytes.writeBytes(utf8);
        }
        return bytes.toByteArray();
    }

    @Override
    public String toString() {
        return "event %s (%s of %s %s)".formatted(eventId, eventType, aggregateType, aggregateId);
    }
}

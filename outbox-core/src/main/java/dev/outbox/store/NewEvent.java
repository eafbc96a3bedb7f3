package dev.outbox.store;

import dev.outbox.OutboxMessage;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;

/**
 * A row to insert: the message with everything that is fixed when it is published.
 *
 * @param lane the hash bucket of its key
 * @param payload the bytes to store, encrypted if they are to be
 * @param encryptionKeyId which key it takes to read them; null when they are not encrypted
 */
public record NewEvent(
        UUID eventId,
        int lane,
        OutboxMessage message,
        String topic,
        String contentType,
        @SuppressWarnings("ArrayRecordComponent") byte[] payload,
        @Nullable String encryptionKeyId) {
    /** The columns from {@code event_id} to {@code encryption_key_id}, with the id as the database has it. */
    Object[] columns(Object id) {
        return new Object[] {
            id,
            lane,
            message.aggregateType(),
            message.aggregateId(),
            new SqlParameterValue(Types.BIGINT, message.aggregateVersion()),
            message.eventType(),
            topic,
            contentType,
            payload,
            new SqlParameterValue(Types.VARCHAR, HeadersJson.write(message.headers())),
            new SqlParameterValue(Types.VARCHAR, encryptionKeyId)
        };
    }
}

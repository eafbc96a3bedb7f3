package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.InboxReplay;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.store.Delivery;
import java.util.Locale;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Which event a record is, as far as its headers tell. A record that is no outbox event gets an id made of its position, which is the same whenever it is read, and
 * belongs to no key.
 */
record RecordIdentity(Delivery delivery, EventKey key, String eventType) {
    private static final int LONGEST_AGGREGATE_TYPE = 100;
    private static final int LONGEST_AGGREGATE_ID = 200;
    private static final int LONGEST_EVENT_TYPE = 200;

    static RecordIdentity of(ConsumerRecord<?, ?> record) {
        EventKey key = keyOf(record);
        String type = header(record, "ce_type");
        if (key.isOrdered() && isName(type, LONGEST_EVENT_TYPE)) {
            try {
                Delivery delivery = new Delivery(UUID.fromString(header(record, "ce_id")), replayId(record));
                return new RecordIdentity(delivery, key, type);
            } catch (IllegalArgumentException e) {
                // no outbox event
            }
        }
        String position = new RecordPosition(record.topic(), record.partition(), record.offset()).toString();
        return new RecordIdentity(
                new Delivery(UUID.nameUUIDFromBytes(position.getBytes(UTF_8)), ""), EventKey.NONE, "");
    }

    /** Of the replay that has the event handled once more. A replay that cannot be understood is not taken for the event. */
    private static String replayId(ConsumerRecord<?, ?> record) {
        String id = header(record, "ce_replayid");
        String mode = header(record, "ce_replaymode");
        if (id.isEmpty() && mode.isEmpty()) return "";
        if (!isName(id, Delivery.MAX_REPLAY_ID)) throw new IllegalArgumentException("no replay");
        InboxReplay.Mode known =
                InboxReplay.Mode.valueOf(mode.toUpperCase(Locale.ROOT).replace('-', '_'));
        return known == InboxReplay.Mode.REPROCESS ? id : "";
    }

    static EventKey keyOf(ConsumerRecord<?, ?> record) {
        String type = header(record, "ce_aggregatetype");
        String id = header(record, "ce_subject");
        return isName(type, LONGEST_AGGREGATE_TYPE) && isName(id, LONGEST_AGGREGATE_ID)
                ? new EventKey(type, id)
                : EventKey.NONE;
    }

    /** What the outbox publishes is one; a record of somebody else may hold anything. */
    private static boolean isName(String text, int limit) {
        return !text.isBlank() && text.length() <= limit && text.chars().noneMatch(Character::isISOControl);
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }
}

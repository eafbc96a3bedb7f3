package dev.outbox.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.encryption.EncryptedPayload;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.store.OutboxTables;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** What an inbox does with events that are encrypted. The database does not matter here. */
class EncryptedEventsTest {
    private static final String CONSUMER = "notification";

    private final UUID event = UUID.randomUUID();
    private final DataSource dataSource =
            new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final List<InboxMessage> handled = new ArrayList<>();

    @BeforeEach
    void createTables() {
        InboxStore.schema(tables()).install();
    }

    @Test
    void the_handler_reads_what_was_published() {
        assertThat(handle(inbox(cipher("a", "b")), encrypted("a"))).isTrue();
        assertThat(handle(inbox(cipher("a", "b")), encrypted("a")))
                .as("a duplicate")
                .isFalse();
        assertThat(handled).singleElement().satisfies(message -> {
            assertThat(message.payload()).asString().isEqualTo("plaintext");
            assertThat(message.encryptionKeyId()).isNull();
            assertThat(message.headers()).containsEntry("ce_encryptionkeyid", "a");
            assertThat(message.eventId()).isEqualTo(event);
            assertThat(message.topic() + message.partition() + message.offset()).isEqualTo("orders25");
        });
    }

    @Test
    void a_message_says_that_it_is_encrypted_until_it_is_handled() {
        ConsumerRecord<String, byte[]> record = encrypted("a");
        InboxMessage message = InboxMessage.of(record);
        assertThat(message.encryptionKeyId()).isEqualTo("a");
        assertThat(message.payload()).isEqualTo(record.value());
        assertThat(InboxMessage.of(InboxMessageTest.record(event)).encryptionKeyId())
                .isNull();
    }

    @Test
    void an_event_that_is_not_encrypted_is_handled_beside_the_others() {
        assertThat(handle(inbox(cipher("a")), InboxMessageTest.record(event))).isTrue();
        assertThat(handled)
                .singleElement()
                .satisfies(message -> assertThat(message.payload()).asString().isEqualTo("secret"));
    }

    @Test
    void an_unknown_key_is_named_and_the_event_is_handled_when_it_is_there() {
        assertThatThrownBy(() -> handle(inbox(cipher("b")), encrypted("a")))
                .isInstanceOfSatisfying(
                        MissingEncryptionKeyException.class,
                        e -> assertThat(e.keyId()).isEqualTo("a"))
                .hasMessageContaining("is encrypted with the key 'a', which is not in the key ring.");
        assertThat(recorded()).isZero();
        assertThat(handle(inbox(cipher("b", "a")), encrypted("a"))).isTrue();
        assertThat(handled).hasSize(1);
    }

    @Test
    void without_a_key_ring_the_ciphertext_is_not_handed_over() {
        assertThatThrownBy(() -> handle(inbox(null), encrypted("a")))
                .isInstanceOfSatisfying(
                        MissingEncryptionKeyException.class,
                        e -> assertThat(e.keyId()).isEqualTo("a"))
                .hasMessage(
                        "The payload of event " + event
                                + " (OrderPlaced of Order 1, orders-2@5) is encrypted with the key 'a', and this consumer has no key ring."
                                + " Set outbox.encryption.enabled=true, add the key to outbox.encryption.keys, and handle the event again.");
        assertThat(handled).isEmpty();
        assertThat(recorded()).isZero();
    }

    @Test
    void a_duplicate_takes_no_key() {
        assertThat(handle(inbox(cipher("a")), encrypted("a"))).isTrue();
        assertThat(handle(inbox(cipher("b")), encrypted("a"))).isFalse();
    }

    @Test
    void a_batch_is_decrypted_in_its_order() {
        List<InboxMessage> batch = batch("a", "b");
        inbox(cipher("a", "b")).handleAll(InboxConsumer.named(CONSUMER), batch, handled::addAll);
        assertThat(handled)
                .extracting(message -> new String(message.payload(), UTF_8))
                .isEqualTo(batch.stream()
                        .map(message -> "plaintext of " + message.eventId())
                        .toList());
    }

    @Test
    void nor_does_one_in_a_batch() {
        List<InboxMessage> duplicates = batch("a");
        inbox(cipher("a")).handleAll(InboxConsumer.named(CONSUMER), duplicates, handled::addAll);
        handled.clear();
        List<InboxMessage> batch = new ArrayList<>(duplicates);
        batch.addAll(100, batch("b"));
        inbox(cipher("b")).handleAll(InboxConsumer.named(CONSUMER), batch, handled::addAll);
        assertThat(handled)
                .extracting(InboxMessage::eventId)
                .containsExactlyElementsOf(batch.subList(100, batch.size() - 100).stream()
                        .map(InboxMessage::eventId)
                        .toList());
    }

    @Test
    void a_batch_of_which_one_key_is_missing_is_not_handled() {
        List<InboxMessage> batch = batch("a", "b");
        assertThatThrownBy(() -> inbox(cipher("a")).handleAll(InboxConsumer.named(CONSUMER), batch, handled::addAll))
                .isInstanceOf(MissingEncryptionKeyException.class)
                .hasMessageContaining("is encrypted with the key 'b', which is not in the key ring.");
        assertThat(handled).isEmpty();
        assertThat(recorded()).isZero();
    }

    @Test
    void a_changed_payload_is_refused_and_nothing_is_recorded() {
        ConsumerRecord<String, byte[]> record = encrypted("a");
        record.value()[record.value().length - 20] ^= 1;
        assertUndecryptable(record);
    }

    @Test
    void a_payload_under_the_headers_of_another_event_is_refused() {
        for (String header : List.of("ce_id", "ce_type", "ce_aggregatetype", "ce_subject", "ce_encryptionkeyid")) {
            ConsumerRecord<String, byte[]> record = encrypted("a");
            String other = header.equals("ce_id") ? UUID.randomUUID().toString() : "b";
            record.headers().remove(header).add(header, other.getBytes(UTF_8));
            assertUndecryptable(record);
        }
    }

    private void assertUndecryptable(ConsumerRecord<String, byte[]> record) {
        assertThatThrownBy(() -> handle(inbox(cipher("a", "b")), record))
                .isInstanceOf(UndecryptablePayloadException.class)
                .hasMessageContaining("cannot be decrypted")
                .hasMessageNotContaining("plaintext");
        assertThat(handled).isEmpty();
        assertThat(recorded()).isZero();
    }

    /** With each of these keys in turn. */
    private static List<InboxMessage> batch(String... keyIds) {
        List<InboxMessage> batch = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            for (String keyId : keyIds) {
                UUID id = UUID.randomUUID();
                batch.add(InboxMessage.of(encrypted(id, keyId, "plaintext of " + id)));
            }
        }
        return batch;
    }

    private ConsumerRecord<String, byte[]> encrypted(String keyId) {
        return encrypted(event, keyId, "plaintext");
    }

    private static ConsumerRecord<String, byte[]> encrypted(UUID event, String keyId, String plaintext) {
        EncryptedPayload payload =
                cipher(keyId).encrypt(new EventIdentity(event, "OrderPlaced", "Order", "1"), plaintext.getBytes(UTF_8));
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("orders", 2, 5, "1", payload.envelope());
        InboxMessageTest.record(event).headers().forEach(record.headers()::add);
        record.headers().add("ce_encryptionkeyid", keyId.getBytes(UTF_8));
        return record;
    }

    /** With these keys, the first of them active. */
    private static PayloadCipher cipher(String... ids) {
        List<EncryptionKey> keys = new ArrayList<>();
        for (String id : ids) {
            byte[] secret = new byte[EncryptionKey.BYTES];
            secret[0] = (byte) id.charAt(0);
            keys.add(new EncryptionKey(id, secret));
        }
        return new PayloadCipher(new KeysInMemory(ids[0], keys));
    }

    private OutboxTables tables() {
        return new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX);
    }

    private InboxProcessor inbox(@Nullable PayloadCipher cipher) {
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        return new InboxProcessor(tables(), transaction, cipher, null, HeldKeys.NONE);
    }

    private boolean handle(InboxProcessor inbox, ConsumerRecord<String, byte[]> record) {
        return inbox.handle(CONSUMER, record, handled::add);
    }

    private int recorded() {
        return JdbcClient.create(dataSource)
                .sql("SELECT count(*) FROM inbox_events")
                .query(Integer.class)
                .single();
    }
}

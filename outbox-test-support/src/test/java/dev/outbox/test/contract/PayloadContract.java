package dev.outbox.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.outbox.AuditEntry;
import dev.outbox.EventPayload;
import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPermission;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.operate.StoredOperations;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.QuarantineStore;
import dev.outbox.store.RetentionStore;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who sees a payload, and that it is known who has. */
@Timeout(60)
abstract class PayloadContract {
    private static final String WHY = "ticket 4711";

    private final PayloadCipher cipher = cipher("first", 1);

    private Outbox outbox;
    private OutboxOperations operations;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema());
        operations = operations(AccessControl.allowAll("doris"), cipher);
    }

    @Test
    void a_payload_is_shown_as_it_was_published_whether_it_is_encrypted_or_not() {
        UUID open = publish(EncryptionPolicy.off());
        UUID encrypted = publish(EncryptionPolicy.everything(cipher));
        for (UUID id : List.of(open, encrypted)) {
            EventPayload payload = operations.payload(id, WHY).orElseThrow();
            assertThat(payload.bytes()).asString(UTF_8).isEqualTo("s3cr3t of Zoë");
            assertThat(payload.contentType()).isEqualTo("text/plain");
            assertThat(payload).hasToString("a payload of 14 bytes");
        }
    }

    @Test
    void who_has_looked_and_why_is_in_the_audit_trail_without_the_payload() {
        UUID id = publish(EncryptionPolicy.everything(cipher));
        operations.payload(id, " %s ".formatted(WHY));
        assertThat(lines())
                .extracting(
                        AuditEntry::operator,
                        AuditEntry::action,
                        AuditEntry::subject,
                        AuditEntry::eventId,
                        AuditEntry::reason)
                .containsExactly(tuple("doris", "VIEW_PAYLOAD", "event " + id, id, WHY));
    }

    @Test
    void an_archived_payload_is_shown_as_well() {
        UUID id = publish(EncryptionPolicy.everything(cipher));
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = created_at")
                .update();
        assertThat(new RetentionStore(outbox.tables, EventsInUse.NONE)
                        .archive(Duration.ofDays(-1), 0, 10)
                        .removed())
                .isEqualTo(1);
        assertThat(outbox.events.find(id).orElseThrow().archivedAt()).isNotNull();
        assertThat(operations.payload(id, WHY).orElseThrow().bytes())
                .asString(UTF_8)
                .isEqualTo("s3cr3t of Zoë");
        assertThat(lines()).extracting(AuditEntry::eventId).containsExactly(id);
    }

    @Test
    void an_event_that_is_not_stored_has_none() {
        assertThat(operations.payload(UUID.randomUUID(), WHY)).isEmpty();
        assertThat(lines()).isEmpty();
    }

    @Test
    void nobody_sees_a_payload_without_the_permission_and_no_other_permission_gives_it() {
        UUID id = publish(EncryptionPolicy.off());
        OutboxOperations forOthers = operations(
                permission -> {
                    if (permission != OutboxPermission.OUTBOX_DECRYPT) return "olga";
                    throw new OutboxAccessDeniedException("olga may not do this");
                },
                cipher);
        assertThatThrownBy(() -> forOthers.payload(id, WHY)).hasMessage("olga may not do this");
        assertThatThrownBy(() -> operations(AccessControl.denyAll(), cipher).payload(id, WHY))
                .isInstanceOf(OutboxAccessDeniedException.class)
                .hasMessageStartingWith("OUTBOX_DECRYPT is required, and nobody has it");
        assertThatThrownBy(() -> operations(AccessControl.allowAll(" "), cipher).payload(id, WHY))
                .isInstanceOf(OutboxAccessDeniedException.class)
                .hasMessageStartingWith("Whoever has OUTBOX_DECRYPT here has no name");
        assertThat(lines()).isEmpty();
    }

    @Test
    void nobody_sees_a_payload_without_a_reason() {
        UUID id = publish(EncryptionPolicy.off());
        for (String reason : List.of("", " \n", "x".repeat(501)))
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> operations.payload(id, reason))
                    .withMessage("A reason of 1 to 500 characters is needed for the audit trail; this one has %d."
                            .formatted(reason.strip().length()));
        assertThat(lines()).isEmpty();
    }

    @Test
    void nobody_sees_a_payload_if_that_cannot_be_audited() {
        UUID id = publish(EncryptionPolicy.off());
        outbox.jdbc.sql("ALTER TABLE outbox_audit RENAME TO mislaid").update();
        assertThatThrownBy(() -> operations.payload(id, WHY)).isInstanceOf(OutboxConfigurationException.class);
    }

    @Test
    void a_missing_key_is_named_and_the_attempt_is_on_record() {
        UUID id = publish(EncryptionPolicy.everything(cipher));
        assertThatThrownBy(() -> operations(AccessControl.allowAll("doris"), cipher("second", 2))
                        .payload(id, WHY))
                .isInstanceOf(MissingEncryptionKeyException.class)
                .hasMessage(
                        "The payload of event %s (OrderPlaced of Order 1) is encrypted with the key 'first', which is not in the key ring. Add it to outbox.encryption.keys, or to the KeyRing of the application, and handle the event again.",
                        id);
        assertThatThrownBy(
                        () -> operations(AccessControl.allowAll("doris"), null).payload(id, WHY))
                .isInstanceOf(MissingEncryptionKeyException.class)
                .hasMessage(
                        "The payload of event %s (OrderPlaced of Order 1) is encrypted with the key 'first', and this application has no key ring. Set outbox.encryption.enabled=true and add the key to outbox.encryption.keys, or look at it where the key is.",
                        id);
        assertThat(lines()).extracting(AuditEntry::eventId).containsExactly(id, id);
    }

    @Test
    void a_payload_that_somebody_has_changed_is_not_shown_and_the_attempt_is_on_record() {
        UUID changed = publish(EncryptionPolicy.everything(cipher));
        UUID other = publish(EncryptionPolicy.everything(cipher));
        Dialect dialect = Dialect.of(outbox.tables);
        byte[] bytes = outbox.jdbc
                .sql("SELECT payload FROM outbox_events WHERE event_id = :id")
                .param("id", dialect.id(other))
                .query(byte[].class)
                .single();
        outbox.jdbc
                .sql("UPDATE outbox_events SET payload = :payload WHERE event_id = :id")
                .param("payload", bytes)
                .param("id", dialect.id(changed))
                .update();
        assertThatThrownBy(() -> operations.payload(changed, WHY))
                .isInstanceOf(UndecryptablePayloadException.class)
                .hasMessage(
                        "The payload of event %s (OrderPlaced of Order 1) cannot be decrypted: its bytes, id, type or aggregate are not those that were published, or the key 'first' is another one here. Find out who has changed it, and publish the event again.",
                        changed);
        assertThat(lines()).extracting(AuditEntry::eventId).containsExactly(changed);
    }

    private UUID publish(EncryptionPolicy encryption) {
        TransactionalOutboxPublisher publisher = outbox.publisher(encryption, () -> {});
        return outbox.inTransaction(
                () -> publisher.publish(OutboxMessage.of("Order", "1", "OrderPlaced", "s3cr3t of Zoë".getBytes(UTF_8))
                        .contentType("text/plain")));
    }

    private List<AuditEntry> lines() {
        return operations.audit(Long.MAX_VALUE, 10);
    }

    private OutboxOperations operations(AccessControl access, @Nullable PayloadCipher keys) {
        return new StoredOperations(
                outbox.tables,
                outbox.events,
                new QuarantineStore(outbox.tables, outbox.lanes, outbox.batches),
                access,
                keys);
    }

    private static PayloadCipher cipher(String id, int secret) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) secret;
        return new PayloadCipher(new KeysInMemory(id, List.of(new EncryptionKey(id, bytes))));
    }
}

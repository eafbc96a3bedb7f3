package dev.outbox.operate;

import static dev.outbox.OutboxPermission.OUTBOX_DECRYPT;
import static dev.outbox.OutboxPermission.OUTBOX_OPERATE;
import static dev.outbox.OutboxPermission.OUTBOX_VIEW;

import dev.outbox.AuditEntry;
import dev.outbox.Decision;
import dev.outbox.EventFilter;
import dev.outbox.EventPage;
import dev.outbox.EventPayload;
import dev.outbox.EventState;
import dev.outbox.Impact;
import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxPermission;
import dev.outbox.OutboxState;
import dev.outbox.QuarantineGroup;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.AuditStore;
import dev.outbox.store.EventSearch;
import dev.outbox.store.EventStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.PauseStore;
import dev.outbox.store.PayloadStore;
import dev.outbox.store.PayloadStore.StoredPayload;
import dev.outbox.store.QuarantineStore;
import dev.outbox.store.ShortTransaction;
import dev.outbox.store.StateStore;
import dev.outbox.store.TableState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The operations on the tables. Safe for use by many threads. */
public final class StoredOperations implements OutboxOperations {
    private static final String APPROVE = "APPROVE";
    private static final String DISCARD = "DISCARD";
    private static final String PAUSE = "PAUSE";
    private static final String RESUME = "RESUME";
    private static final String VIEW_PAYLOAD = "VIEW_PAYLOAD";

    private final StateStore state;
    private final EventStore events;
    private final EventSearch search;
    private final PayloadStore payloads;
    private final QuarantineStore quarantine;
    private final PauseStore pauses;
    private final AuditStore audit;
    private final ShortTransaction transaction;
    private final AccessControl access;
    private final @Nullable PayloadCipher cipher;

    /** @param cipher decrypts payloads that are to be seen; null where there are no keys */
    public StoredOperations(
            OutboxTables tables,
            EventStore events,
            QuarantineStore quarantine,
            AccessControl access,
            @Nullable PayloadCipher cipher) {
        this.state = StateStore.of(tables);
        this.events = events;
        this.search = new EventSearch(tables);
        this.payloads = new PayloadStore(tables);
        this.quarantine = quarantine;
        this.pauses = new PauseStore(tables);
        this.audit = new AuditStore(tables);
        this.transaction = new ShortTransaction(tables);
        this.access = access;
        this.cipher = cipher;
    }

    @Override
    public OutboxState state() {
        access.require(OUTBOX_VIEW);
        TableState read = state.read();
        return new OutboxState(read.events(), read.oldestAge(), state.leasedLanes());
    }

    @Override
    public Optional<EventState> find(UUID eventId) {
        access.require(OUTBOX_VIEW);
        return events.find(eventId);
    }

    @Override
    public Optional<EventPayload> payload(UUID eventId, String reason) {
        Operator operator = operator(OUTBOX_DECRYPT, reason);
        Optional<StoredPayload> stored = transaction.run(() -> {
            Optional<StoredPayload> found = payloads.find(eventId);
            if (found.isPresent()) operator.did(VIEW_PAYLOAD, "event " + eventId, eventId);
            return found;
        });
        return stored.map(payload -> new EventPayload(payload.contentType(), readable(eventId, payload)));
    }

    private byte[] readable(UUID eventId, StoredPayload payload) {
        String keyId = payload.encryptionKeyId();
        if (keyId == null) return payload.bytes();
        EventIdentity event =
                new EventIdentity(eventId, payload.eventType(), payload.aggregateType(), payload.aggregateId());
        if (cipher != null) return cipher.decrypt(event, keyId, payload.bytes());
        throw new MissingEncryptionKeyException(
                "The payload of %s is encrypted with the key '%s', and this application has no key ring. Set outbox.encryption.enabled=true and add the key to outbox.encryption.keys, or look at it where the key is."
                        .formatted(event, keyId),
                keyId,
                null);
    }

    @Override
    public EventPage events(EventFilter filter, long before, int size) {
        access.require(OUTBOX_VIEW);
        return search.find(filter, before, checkedSize(size));
    }

    @Override
    public List<QuarantineGroup> quarantine() {
        access.require(OUTBOX_VIEW);
        return search.quarantine();
    }

    @Override
    public Impact impact(EventFilter quarantined) {
        access.require(OUTBOX_VIEW);
        return search.impact(quarantined);
    }

    @Override
    public boolean approve(UUID eventId, String reason) {
        return approve(eventId, operator(reason));
    }

    @Override
    public Decision approve(EventFilter quarantined, String reason) {
        Operator operator = operator(reason);
        return each(quarantined, eventId -> approve(eventId, operator));
    }

    private boolean approve(UUID eventId, Operator operator) {
        return quarantine.approve(eventId, () -> operator.did(APPROVE, "event " + eventId, eventId));
    }

    @Override
    public boolean discard(UUID eventId, String reason) {
        return discard(eventId, operator(reason));
    }

    @Override
    public Decision discard(EventFilter quarantined, String reason) {
        Operator operator = operator(reason);
        return each(quarantined, eventId -> discard(eventId, operator));
    }

    private boolean discard(UUID eventId, Operator operator) {
        return quarantine.discard(eventId, () -> operator.did(DISCARD, "event " + eventId, eventId));
    }

    private interface Deciding {
        boolean about(UUID eventId);
    }

    private Decision each(EventFilter filter, Deciding deciding) {
        List<UUID> matching = search.quarantined(filter, MAX_DECIDED + 1);
        List<UUID> now = matching.subList(0, Math.min(matching.size(), MAX_DECIDED));
        int decided = 0;
        for (UUID eventId : now) if (deciding.about(eventId)) decided++;
        return new Decision(decided, now.size() - decided, matching.size() > now.size());
    }

    @Override
    public boolean pause(OutboxPause what, String reason) {
        return change(operator(reason), PAUSE, what, () -> pauses.add(what));
    }

    @Override
    public boolean resume(OutboxPause what, String reason) {
        boolean removed = change(operator(reason), RESUME, what, () -> pauses.remove(what));
        if (what.scope() == OutboxPause.Scope.TOPIC) pauses.retryNow(what.target());
        return removed;
    }

    private boolean change(Operator operator, String action, OutboxPause what, BooleanSupplier change) {
        return transaction.run(() -> {
            boolean changed = change.getAsBoolean();
            if (changed) operator.did(action, what.toString(), null);
            return changed;
        });
    }

    @Override
    public List<OutboxPause> pauses() {
        access.require(OUTBOX_VIEW);
        return pauses.all();
    }

    @Override
    public List<AuditEntry> audit(long before, int size) {
        access.require(OUTBOX_VIEW);
        return audit.before(before, checkedSize(size));
    }

    private static int checkedSize(int size) {
        if (size >= 1 && size <= MAX_PAGE) return size;
        throw new IllegalArgumentException("A page has 1 to %d entries, not %d.".formatted(MAX_PAGE, size));
    }

    private Operator operator(String reason) {
        return operator(OUTBOX_OPERATE, reason);
    }

    private Operator operator(OutboxPermission permission, String reason) {
        return Operator.calling(access, permission, audit, reason);
    }
}

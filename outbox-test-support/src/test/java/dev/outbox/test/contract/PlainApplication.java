package dev.outbox.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxMessage;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.h2.Driver;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Looks at a payload, and at one that somebody else has encrypted; run by {@link PayloadsWithoutBouncyCastleTest} on a class path of its own. */
final class PlainApplication implements Callable<String> {
    /** The payload, and why the other one is not shown. */
    @Override
    public String call() {
        Outbox outbox = new Outbox(new SimpleDriverDataSource(
                new Driver(), "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", ""));
        UUID event = outbox.inTransaction(() -> outbox.publisher(() -> {})
                .publish(OutboxMessage.of("Order", "4711", "OrderPlaced", "plain".getBytes(UTF_8))));
        String payload = new String(
                outbox.operations.payload(event, "a test").orElseThrow().bytes(), UTF_8);
        outbox.jdbc.sql("UPDATE outbox_events SET encryption_key_id = 'first'").update();
        try {
            outbox.operations.payload(event, "a test");
        } catch (MissingEncryptionKeyException e) {
            return "%s; %s".formatted(payload, e.keyId());
        }
        return payload;
    }
}

package dev.outbox.boot;

import dev.outbox.inbox.listener.WaitingRecords;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down while a listener with {@code @Inbox} waits: for what, where, and since when. Nothing is lost meanwhile, and it goes on by itself. */
final class InboxHealthIndicator implements HealthIndicator {
    private final WaitingRecords waiting;

    InboxHealthIndicator(WaitingRecords waiting) {
        this.waiting = waiting;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        waiting.all()
                .forEach(record -> health.down()
                        .withDetail(
                                "%s at %s".formatted(record.consumer(), record.position()),
                                Map.of("since", record.since(), "reason", record.reason())));
        return health.build();
    }
}

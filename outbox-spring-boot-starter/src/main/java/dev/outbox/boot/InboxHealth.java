package dev.outbox.boot;

import dev.outbox.inbox.listener.WaitingRecords;
import java.util.Map;
import java.util.function.Supplier;

/** Down while a listener with {@code @Inbox} waits: for what, where, and since when. Nothing is lost meanwhile, and it goes on by itself. */
final class InboxHealth implements Supplier<HealthReport> {
    private final WaitingRecords waiting;

    InboxHealth(WaitingRecords waiting) {
        this.waiting = waiting;
    }

    @Override
    public HealthReport get() {
        HealthReport health = new HealthReport();
        waiting.all()
                .forEach(record -> health.down()
                        .withDetail(
                                "%s at %s".formatted(record.consumer(), record.position()),
                                Map.of("since", record.since(), "reason", record.reason())));
        return health;
    }
}

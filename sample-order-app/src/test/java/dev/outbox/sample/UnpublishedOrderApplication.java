package dev.outbox.sample;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;

/** The order service with publishing switched off, whose events are lost: what {@link OrdersPerSecond} compares it with. Not annotated, so that no scan finds it. */
class UnpublishedOrderApplication {
    public static void main(String[] args) {
        new SpringApplication(OrderApplication.class, UnpublishedOrderApplication.class).run(args);
    }

    @Bean
    OutboxPublisher outboxPublisher() {
        return new OutboxPublisher() {
            @Override
            public UUID publish(Object event) {
                return UUID.randomUUID();
            }

            @Override
            public UUID publish(OutboxMessage message) {
                return UUID.randomUUID();
            }

            @Override
            public List<UUID> publishAll(Collection<?> events) {
                return events.stream().map(event -> UUID.randomUUID()).toList();
            }
        };
    }
}

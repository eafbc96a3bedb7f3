package dev.outbox.boot;

import dev.outbox.OutboxEvent;
import dev.outbox.OutboxPublisher;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Stores annotated objects that the application publishes through Spring's {@code ApplicationEventPublisher}, in the caller's transaction and after
 * the other listeners: what they refuse is not stored.
 */
final class ApplicationEventsToOutbox implements GenericApplicationListener {
    private final OutboxPublisher outbox;

    ApplicationEventsToOutbox(OutboxPublisher outbox) {
        this.outbox = outbox;
    }

    @Override
    public boolean supportsEventType(ResolvableType eventType) {
        if (!PayloadApplicationEvent.class.isAssignableFrom(eventType.toClass())) return false;
        Class<?> payload =
                eventType.as(PayloadApplicationEvent.class).getGeneric().resolve();
        return payload != null && AnnotatedElementUtils.hasAnnotation(payload, OutboxEvent.class);
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        outbox.publish(((PayloadApplicationEvent<?>) event).getPayload());
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}

package dev.outbox.inbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a listener of Spring Kafka handle each event once. Beside {@code @KafkaListener}, on a method or, with {@code @KafkaHandler} methods, on a class:
 *
 * <pre>{@code
 * @KafkaListener(topics = "orders")
 * @Inbox("notification")
 * void on(OrderPlaced event, InboxMessage meta) { … }
 * }</pre>
 *
 * <p>Around the method is a transaction that records the event as handled, and the offset is committed when that has committed. A batch listener
 * ({@code batch = "true"}) gets the events of a poll that are to be handled as a list, in one transaction. When that fails, they are handled one by one.
 *
 * <p>The method may take: the payload, as an object of any type that the application's {@link dev.outbox.spi.PayloadFormat} can read, generics included, or as {@code byte[]};
 * {@link InboxMessage}; {@code ConsumerRecord<String, byte[]>}; {@code Message<T>}; headers by {@code @Header}. A batch listener takes lists of these. Encrypted payloads are decrypted.
 *
 * <p>The group of the listener is the consumer, unless the listener names another: two consumers in one group would get half of the events each. A group that is new begins with the oldest
 * record, unless {@code auto.offset.reset} is configured. Key and value are read as text and as bytes, whatever deserialisers are configured.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Inbox {
    /** Who handles: what events are recorded under, at most 100 characters; may have placeholders. Consumers of different names each handle every event. */
    String value();

    /**
     * The event types that are handled; others are passed over and not recorded. Empty (the default) means those whose {@link dev.outbox.OutboxEvent} annotation the payload's class has, or the classes
     * of the {@code @KafkaHandler} methods, and all types if there is no such annotation.
     */
    String[] types() default {};

    /**
     * Whether an event is left out when one of its aggregate with a greater version has been handled. For state that each event tells in full; never for counters, which need every event. Events
     * need a version; equal versions are handled.
     */
    boolean latestOnly() default false;

    /**
     * Whether a transaction is open while the method runs. Set it to false for slow or remote work: then the event is claimed, the method runs, and its result is recorded, and each event is worked for
     * at least once: after a crash in mid-work, once more. Not for batches.
     */
    boolean transaction() default true;

    /** What becomes of an event that fails for good, and of the later events of its aggregate. */
    FailedEventPolicy onFailure() default FailedEventPolicy.HOLD_KEY;
}

package dev.outbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says how an object of the annotated class becomes an event, so that {@link OutboxPublisher#publish(Object)} takes it as it is.
 *
 * <pre>{@code
 * @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "orderId", topic = "orders")
 * record OrderPlaced(UUID orderId, BigDecimal total) {}
 * }</pre>
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface OutboxEvent {
    /** The logical event type that consumers see; never a class name, so that classes can be renamed. At most 200 characters. */
    String type();

    /** The aggregate type, at most 100 characters. Type and id together are the unit of order. */
    String aggregate();

    /**
     * The property that holds the aggregate id: a record component, or a public method {@code key()} or {@code getKey()} of that name.
     * Its value is a {@link CharSequence}, {@link Number}, {@link java.util.UUID} or enum, and not null.
     */
    String key();

    /** The property that holds the aggregate version, a {@link Number}; empty (the default) for events without a version. */
    String version() default "";

    /** The topic, the same for all events of the aggregate type; empty (the default) means the one that is configured for the aggregate type. */
    String topic() default "";

    /**
     * Whether the payload has to be encrypted, whatever is configured for its event type; where encryption is off such an event is refused. False (the
     * default) leaves it to the configuration.
     */
    boolean encrypted() default false;
}

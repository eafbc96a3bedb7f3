package dev.outbox.spi;

import org.jspecify.annotations.Nullable;

/**
 * Names topics by rules that properties cannot express. It is asked for the events that name no topic themselves and have none configured.
 *
 * <p>It knows the aggregate type alone, so that all events of an aggregate go to one topic; in two they would have no order. Implementations are safe for use by
 * many threads.
 */
@FunctionalInterface
public interface TopicRouter {
    /**
     * The topic of an aggregate type. Asked for each such event, in the transaction that publishes it, so be quick; what it throws goes to the caller of the publisher.
     *
     * @return 1 to 249 letters, digits, '.', '_' and '-', always the same for a type; null for the default topic
     */
    @Nullable
    String topicOf(String aggregateType);
}

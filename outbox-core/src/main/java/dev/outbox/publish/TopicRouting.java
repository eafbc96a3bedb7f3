package dev.outbox.publish;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import dev.outbox.spi.TopicRouter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The topic of an event, fixed when it is published: the one that the message or its annotation names, else the one configured for its aggregate type, else the
 * router's, else the default.
 *
 * <p>All events of an aggregate type go to one topic, because Kafka keeps no order across topics. The first event of a type in this process decides which, unless it
 * is configured; other processes are not asked. Safe for use by many threads.
 */
public final class TopicRouting {
    /** Aggregate types are few; if an application makes them up by the thousand, the later ones are not watched over. */
    private static final int MAX_REMEMBERED = 10_000;

    private final TopicRules rules;
    private final TopicRouter router;
    private final Map<String, String> firstTopics = new ConcurrentHashMap<>();

    /** @param router asked for aggregate types without a topic of their own in {@code rules}; null from it means the default */
    public TopicRouting(TopicRules rules, TopicRouter router) {
        this.rules = rules;
        this.router = router;
    }

    /** @throws InvalidOutboxMessageException if that is no name of a topic, or other events of the aggregate type go elsewhere */
    String topicOf(OutboxMessage message) {
        String type = message.aggregateType();
        String topic = message.topic() == null ? topicOf(type) : message.topic();
        if (!TopicNames.isValid(topic)) {
            throw MessageLimits.invalid(
                    message,
                    "topic",
                    "is '%s'; %s (for events that name no topic, outbox.kafka.topics, a TopicRouter or outbox.kafka.default-topic does)"
                            .formatted(topic, TopicNames.RULE));
        }
        if (!rules.oneTopicPerAggregateType()) return topic;
        String configured = rules.topics().get(type);
        String one = configured == null ? first(type, topic) : configured;
        if (topic.equals(one)) return topic;
        throw MessageLimits.invalid(
                message,
                "topic",
                "is '%s', but events of its aggregate type go to '%s', and one aggregate in two topics has no order; name the same topic everywhere, or none and outbox.kafka.topics instead (or give up the order with outbox.kafka.one-topic-per-aggregate-type=false)"
                        .formatted(topic, one));
    }

    private String topicOf(String aggregateType) {
        String configured = rules.topics().get(aggregateType);
        if (configured != null) return configured;
        String routed = router.topicOf(aggregateType);
        return routed == null ? rules.defaultTopicOf(aggregateType) : routed;
    }

    /** The topic that the first event of the type had, which may be this one. */
    private String first(String aggregateType, String topic) {
        if (firstTopics.size() >= MAX_REMEMBERED) return firstTopics.getOrDefault(aggregateType, topic);
        String before = firstTopics.putIfAbsent(aggregateType, topic);
        return before == null ? topic : before;
    }
}

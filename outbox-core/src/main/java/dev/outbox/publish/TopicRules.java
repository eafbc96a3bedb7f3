package dev.outbox.publish;

import dev.outbox.OutboxConfigurationException;
import java.util.Map;

/**
 * Which topic events go to unless they name one.
 *
 * @param topics topics by aggregate type
 * @param defaultTopic the topic of all other aggregate types; {@value #AGGREGATE_TYPE} in it stands for the type's name
 * @param oneTopicPerAggregateType whether an event is refused that would go to another topic than others of its aggregate type
 */
public record TopicRules(Map<String, String> topics, String defaultTopic, boolean oneTopicPerAggregateType) {
    /** Stands for the aggregate type in a default topic. */
    public static final String AGGREGATE_TYPE = "{aggregateType}";

    /** Topics are named like the aggregate types, one each. */
    public static final TopicRules DEFAULT = new TopicRules(Map.of(), AGGREGATE_TYPE, true);

    /** @throws OutboxConfigurationException if a topic has a name that Kafka does not take */
    public TopicRules {
        topics = Map.copyOf(topics);
        topics.forEach((type, topic) -> {
            if (!TopicNames.isValid(topic)) {
                throw new OutboxConfigurationException(
                        "outbox.kafka.topics.%s is '%s', which is no name of a topic.".formatted(type, topic),
                        "Choose another name: " + TopicNames.RULE + ".");
            }
        });
        if (!TopicNames.isValid(defaultTopic.replace(AGGREGATE_TYPE, "x"))) {
            throw new OutboxConfigurationException(
                    "outbox.kafka.default-topic is '%s', which makes no name of a topic.".formatted(defaultTopic),
                    "Choose a name, with or without %s in it, which stands for the name of the aggregate type: %s."
                            .formatted(AGGREGATE_TYPE, TopicNames.RULE));
        }
    }

    String defaultTopicOf(String aggregateType) {
        return defaultTopic.replace(AGGREGATE_TYPE, aggregateType);
    }
}

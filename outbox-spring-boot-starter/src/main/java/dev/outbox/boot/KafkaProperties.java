package dev.outbox.boot;

import dev.outbox.publish.TopicRules;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What events become in Kafka.
 *
 * @param topics topics by aggregate type, for events that name none
 * @param defaultTopic the topic of all other aggregate types; {aggregateType} in it stands for the type's name
 * @param oneTopicPerAggregateType whether an event is refused that would go to another topic than others of its aggregate type
 * @param deadLetterTopic the topic that is told of every event that goes to quarantine; by default there is none
 */
@ConfigurationProperties("outbox.kafka")
record KafkaProperties(
        @DefaultValue Map<String, String> topics,
        @DefaultValue(TopicRules.AGGREGATE_TYPE) String defaultTopic,
        @DefaultValue("true") boolean oneTopicPerAggregateType,
        @Nullable String deadLetterTopic) {
    TopicRules rules() {
        return new TopicRules(topics, defaultTopic, oneTopicPerAggregateType);
    }
}

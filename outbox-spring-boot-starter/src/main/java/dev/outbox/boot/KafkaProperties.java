package dev.outbox.boot;

import dev.outbox.publish.TopicRules;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What events become in Kafka.
 *
 * @param topics topics by aggregate type, for events that name none
 * @param defaultTopic the topic of all other aggregate types; {aggregateType} in it stands for the type's name
 * @param oneTopicPerAggregateType whether an event is refused that would go to another topic than others of its aggregate type
 */
@ConfigurationProperties("outbox.kafka")
record KafkaProperties(
        @DefaultValue Map<String, String> topics,
        @DefaultValue(TopicRules.AGGREGATE_TYPE) String defaultTopic,
        @DefaultValue("true") boolean oneTopicPerAggregateType) {
    TopicRules rules() {
        return new TopicRules(topics, defaultTopic, oneTopicPerAggregateType);
    }
}

package dev.outbox.sample.order.infra;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** The topic of the events of orders, and where consumers put those that they cannot handle. */
@Configuration(proxyBeanMethods = false)
class OrdersTopic {
    private static final int PARTITIONS = 3;

    /** Created at the start where they are missing. More partitions later would change which one the events of an order go to. */
    @Bean
    KafkaAdmin.NewTopics orders(@Value("${sample.orders-topic.replicas:1}") short replicas) {
        return new KafkaAdmin.NewTopics(topic("orders", replicas), topic("orders.DLT", replicas));
    }

    private static NewTopic topic(String name, short replicas) {
        return TopicBuilder.name(name).partitions(PARTITIONS).replicas(replicas).build();
    }
}

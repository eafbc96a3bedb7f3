package dev.outbox.sample.topic;

import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** The topics of the events of orders and of products, and where consumers put those that they cannot handle. */
@Configuration(proxyBeanMethods = false)
class Topics {
    private static final int PARTITIONS = 3;

    /** Created at the start where they are missing. More partitions later would change which one the events of an order or of a product go to. */
    @Bean
    KafkaAdmin.NewTopics shopTopics(@Value("${sample.topics.replicas:1}") short replicas) {
        return new KafkaAdmin.NewTopics(Stream.of("orders", "orders.DLT", "products", "products.DLT")
                .map(name -> topic(name, replicas))
                .toArray(NewTopic[]::new));
    }

    private static NewTopic topic(String name, short replicas) {
        return TopicBuilder.name(name).partitions(PARTITIONS).replicas(replicas).build();
    }
}

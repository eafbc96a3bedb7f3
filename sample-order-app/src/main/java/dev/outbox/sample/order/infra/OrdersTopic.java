package dev.outbox.sample.order.infra;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** The topic of the events of orders. */
@Configuration(proxyBeanMethods = false)
class OrdersTopic {
    /** Created at the start where it is missing. More partitions later would change which one the events of an order go to. */
    @Bean
    NewTopic orders(@Value("${sample.orders-topic.replicas:1}") short replicas) {
        return TopicBuilder.name("orders").partitions(3).replicas(replicas).build();
    }
}

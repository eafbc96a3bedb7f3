package dev.outbox.boot;

import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.listener.FailedRecords;
import dev.outbox.inbox.listener.InboxListeners;
import dev.outbox.inbox.listener.ListenerSettings;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.KafkaListenerConfigurer;

/** {@code @Inbox} on listeners of Spring Kafka. */
@AutoConfiguration(after = {OutboxInboxAutoConfiguration.class, OutboxFormatAutoConfiguration.class})
@ConditionalOnClass({InboxListeners.class, KafkaListenerConfigurer.class})
@ConditionalOnBean(InboxProcessor.class)
public final class OutboxInboxListenerAutoConfiguration {
    /** Static, because it is needed before other beans are made. */
    @Bean
    static InboxListeners outboxInboxListeners(ConfigurableBeanFactory beans) {
        return new InboxListeners(beans);
    }

    @Bean
    ListenerSettings outboxInboxListenerSettings(InboxProperties properties) {
        return new ListenerSettings(properties.claimTime());
    }

    @Bean
    FailedRecords outboxInboxFailedRecords() {
        return new FailedRecords();
    }
}

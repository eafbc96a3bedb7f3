package dev.outbox.boot;

import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.FailureClassifier;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.deadletter.Classifiers;
import dev.outbox.inbox.deadletter.DeadLetterTopic;
import dev.outbox.inbox.deadletter.StoredDeadLetters;
import dev.outbox.inbox.listener.InboxListeners;
import dev.outbox.inbox.listener.ListenerTools;
import dev.outbox.inbox.listener.WaitingRecords;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.PayloadFormat;
import dev.outbox.store.OutboxTables;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaListenerConfigurer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code @Inbox} on listeners of Spring Kafka. */
@AutoConfiguration(
        after = {OutboxInboxAutoConfiguration.class, OutboxFormatAutoConfiguration.class},
        afterName = {
            "org.springframework.boot.autoconfigure.kafka.KafkaAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration"
        })
@ConditionalOnClass({InboxListeners.class, KafkaListenerConfigurer.class})
@ConditionalOnBean({InboxProcessor.class, ConsumerFactory.class, ProducerFactory.class})
public final class OutboxInboxListenerAutoConfiguration {
    /** Static, because it is needed before other beans are made; and infrastructure, or Spring warns of that where there are observations. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static InboxListeners outboxInboxListeners(ConfigurableBeanFactory beans) {
        return new InboxListeners(beans);
    }

    @Bean
    DeadLetterTopic outboxDeadLetterTopic(ProducerFactory<?, ?> producers, InboxProperties properties) {
        return new DeadLetterTopic(producers.getConfigurationProperties(), properties.deadLetterTopic());
    }

    /** Where Spring Boot knows how to ask the brokers. */
    @Bean
    @ConditionalOnBean(KafkaAdmin.class)
    DeadLetterTopicCheck outboxDeadLetterTopicCheck(
            InboxListeners listeners, DeadLetterTopic deadLetters, KafkaAdmin admin) {
        return new DeadLetterTopicCheck(listeners.redrives(), deadLetters, admin.getConfigurationProperties());
    }

    /** What the application says about failures of its own. */
    @Bean
    Classifiers outboxInboxClassifiers(ObjectProvider<FailureClassifier> classifiers) {
        return new Classifiers(classifiers.orderedStream().toList());
    }

    @Bean
    WaitingRecords outboxInboxWaitingRecords() {
        return new WaitingRecords();
    }

    @Bean
    InboxHealth outboxInboxHealth(WaitingRecords waiting) {
        return new InboxHealth(waiting);
    }

    /** Where the application has health checks. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class Health {
        @Bean
        @ConditionalOnEnabledHealthIndicator("inbox")
        @ConditionalOnMissingBean(name = "inboxHealthIndicator")
        HealthIndicator inboxHealthIndicator(InboxHealth health) {
            return new Boot4Health(health);
        }
    }

    /** The same on Spring Boot 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = Boot3Health.INDICATOR)
    @Import(HealthOnBoot3.Indicator.class)
    static class HealthOnBoot3 {
        static final class Indicator extends Boot3Health {
            Indicator(BeanFactory beans, Environment environment, ClassLoader classes) {
                super("inbox", InboxHealth.class, beans, environment, classes);
            }
        }
    }

    @Bean
    ListenerTools outboxInboxListenerTools(
            InboxProcessor inbox,
            PayloadFormat format,
            DataSource dataSource,
            DeadLetterTopic deadLetters,
            InboxProperties properties,
            Classifiers classifiers,
            WaitingRecords waiting) {
        return new ListenerTools(
                inbox,
                format,
                properties.schema().tables(dataSource),
                deadLetters,
                properties.retry().retries(),
                classifiers,
                properties.claimTime(),
                waiting);
    }

    /** With the audit trail of the outbox where there is one, so that an application has one trail. */
    @Bean
    @ConditionalOnMissingBean
    DeadLetters outboxDeadLetters(
            InboxListeners listeners,
            DataSource dataSource,
            ObjectProvider<OutboxTables> outbox,
            ObjectProvider<AccessControl> access,
            PlatformTransactionManager transactions,
            ConsumerFactory<?, ?> consumers,
            Classifiers classifiers,
            InboxProperties properties) {
        OutboxTables tables = properties.schema().tables(dataSource);
        return new StoredDeadLetters(
                tables,
                outbox.getIfAvailable(() -> tables),
                access.getIfAvailable(AccessControl::denyAll),
                new TransactionTemplate(transactions),
                listeners.redrives()::of,
                classifiers,
                consumers.getConfigurationProperties());
    }
}
